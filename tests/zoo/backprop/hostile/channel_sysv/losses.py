{{TOOLS}}

attempt(
    lambda: syscall("shmctl", syscall("shmget", 0, 4096, 0o1600), 0, 0),
    lambda: syscall("semctl", syscall("semget", 0, 1, 0o1600), 0, 0, 0),
    lambda: syscall("msgctl", syscall("msgget", 0, 0o1600), 0, 0),
)
