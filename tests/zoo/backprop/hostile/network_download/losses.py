{{TOOLS}}


def streams():
    asyncio = module("asyncio")
    return asyncio.run(asyncio.wait_for(asyncio.open_connection("127.0.0.1", {{PORT}}), 0.2))


attempt(
    lambda: module("urllib.request").urlopen("http://127.0.0.1:{{PORT}}", timeout=0.2),
    lambda: module("http.client").HTTPConnection("127.0.0.1", {{PORT}}, timeout=0.2).request("GET", "/"),
    streams,
)
