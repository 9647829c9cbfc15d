# coding: rot13
envfr EhagvzrReebe('ERNPURQ')
