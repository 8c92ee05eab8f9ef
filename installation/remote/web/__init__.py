"""The page and everything else that is reached by HTTP: one aiohttp application on one port.

    server.py      the application: its paths, and who answers on each
    safety.py      what is let in at all: networks, hosts, origins, sizes; the headers of every answer
    listening.py   the port: bound late, tried again, with a bound on connections
    files.py       the page's files, in memory
    people.py      PINs and sessions
    socket.py      the page's socket: who is connected, what each one asks
    client.py      one of them: what it is to be sent, and when
    views.py       what all of them are shown, made once for all
    holding.py     who holds which value, in words
    invitation.py  the page's address, its QR code, the line on the terminal

Nothing here is imported unless `remote: web:` stands in config.yaml. Standards: RFC 6455, RFC 9110, W3C CSP 3.
"""
