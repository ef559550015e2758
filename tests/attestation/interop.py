"""Signs and verifies attestations with securesystemslib and in-toto-attestation.

    interop.py key ed25519|ecdsa-p256 pkcs8|openssh PASSPHRASE FILE    writes FILE and FILE.pub
    interop.py verify PUBLIC_KEY BUNDLE                                prints what is stated
    interop.py sign PRIVATE_KEY BUNDLE                                 replaces all signatures
    interop.py terminal ANSWER,... PROGRAM ARGUMENT...                 runs it on a terminal
"""

import json
import os
import sys
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from google.protobuf import json_format
from in_toto_attestation.predicates.provenance.v1 import provenance_pb2
from in_toto_attestation.v1 import statement_pb2
from in_toto_attestation.v1.statement import Statement
from securesystemslib.dsse import Envelope
from securesystemslib.signer import CryptoSigner, SSlibKey


def key(kind, form, passphrase, path):
    private = (
        ed25519.Ed25519PrivateKey.generate()
        if kind == "ed25519"
        else ec.generate_private_key(ec.SECP256R1())
    )
    form = PrivateFormat.PKCS8 if form == "pkcs8" else PrivateFormat.OpenSSH
    lock = BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
    Path(path).write_bytes(private.private_bytes(Encoding.PEM, form, lock))
    public = private.public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    Path(f"{path}.pub").write_bytes(pem)


def envelopes(bundle):
    return [json.loads(line) for line in Path(bundle).read_text().splitlines()]


def verify(public, bundle):
    public = load_pem_public_key(Path(public).read_bytes())
    for line in envelopes(bundle):
        keyid = line["signatures"][0]["keyid"]
        envelope = Envelope.from_dict(line)
        envelope.verify([SSlibKey.from_crypto(public, keyid)], 1)
        assert envelope.payload_type == "application/vnd.in-toto+json"
        # Fields that the schema does not have are errors.
        statement = json_format.Parse(envelope.payload, statement_pb2.Statement())
        Statement.copy_from_pb(statement).validate()
        if statement.predicate_type == "https://slsa.dev/provenance/v1":
            predicate = json.loads(envelope.payload)["predicate"]
            provenance = json_format.ParseDict(predicate, provenance_pb2.Provenance())
            assert provenance.build_definition.build_type
            assert provenance.build_definition.external_parameters
            assert provenance.build_definition.resolved_dependencies
            assert provenance.run_details.builder.id
        print(statement.predicate_type, len(statement.subject), "subjects")


def sign(private, bundle):
    private = load_pem_private_key(Path(private).read_bytes(), None)
    signer = CryptoSigner(private)
    lines = []
    for line in envelopes(bundle):
        envelope = Envelope.from_dict(line)
        envelope.signatures.clear()
        envelope.sign(signer)
        lines.append(json.dumps(envelope.to_dict()) + "\n")
    Path(bundle).write_text("".join(lines))


def terminal(answers, *command):
    import pty
    import termios
    import time

    child, terminal = pty.fork()
    if child == 0:
        os.execv(command[0], command)
    printed, answers = b"", answers.split(",")
    asked = 0
    while True:
        try:
            printed += os.read(terminal, 4096)
        except OSError:  # Linux says so where others say the end of the file.
            break
        while asked < len(answers) and printed.count(b": ") > asked:
            # A person types later than the question appears, and the echo is gone by then.
            patience = 500
            while patience and termios.tcgetattr(terminal)[3] & termios.ECHO:
                patience -= 1
                time.sleep(0.01)
            os.write(terminal, answers[asked].encode() + b"\n")
            asked += 1
    os.waitpid(child, 0)
    print(printed.decode())


if __name__ == "__main__":
    {"key": key, "verify": verify, "sign": sign, "terminal": terminal}[sys.argv[1]](*sys.argv[2:])
