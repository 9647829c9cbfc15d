{{TOOLS}}

attempt(
    lambda: module("socket").gethostbyname("localhost"),
    lambda: module("socket").getaddrinfo("localhost", 80),
)
