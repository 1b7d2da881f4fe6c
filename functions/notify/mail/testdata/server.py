"""A mail server for tests: STARTTLS and a login are needed, and what it takes is put into a folder, a file each.

server.py FOLDER CERTIFICATE KEY PORT   says "ready" when it listens
"""

import pathlib
import ssl
import sys
import threading
import time
import uuid

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

folder = pathlib.Path(sys.argv[1])


class Mailbox:
    """Takes a mail, unless its recipient begins with one of the words for what servers do besides."""

    def __init__(self):
        self.seen = set()

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nobody@"):
            return "550 5.1.1 no such user here"
        if address.startswith("grey@") and address not in self.seen:
            self.seen.add(address)
            return "451 4.7.1 come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        name = folder / f"{time.time_ns()}-{uuid.uuid4()}"  # names in the order in which they came
        name.with_suffix(".part").write_bytes(envelope.content)
        name.with_suffix(".part").rename(name.with_suffix(".eml"))
        return "250 taken"


def login(server, session, envelope, mechanism, data):
    good = isinstance(data, LoginPassword) and (data.login, data.password) == (b"bot", b"opensesame-mail")
    return AuthResult(success=good, handled=good)


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[2], sys.argv[3])
controller = Controller(
    Mailbox(),
    hostname="127.0.0.1",
    port=int(sys.argv[4]),
    tls_context=context,
    require_starttls=True,
    authenticator=login,
    auth_required=True,
    ready_timeout=120,  # on a busy machine
)
controller.start()
print("ready", flush=True)
threading.Event().wait()
