"""A small OpenID provider over HTTPS for the tests of a worker without a controller, with an authority of its own.

Needs only Python's standard library and openssl.

    issuer.py DIR                  makes certificates and a key in DIR, and serves until SIGTERM; prints its address when it is ready
    issuer.py DIR AUDIENCE [JSON]  prints a token of that issuer for that audience; the object's members are more claims, or other ones; null: none
"""
import base64
import http.server
import json
import os
import ssl
import subprocess
import sys
import time

folder = sys.argv[1]
at = lambda name: os.path.join(folder, name)


def openssl(*arguments, **options):
    return subprocess.run(["openssl", *arguments], check=True, capture_output=True, **options).stdout


def encoded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def certificate(name, subject, extension):
    openssl("req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", at(name + ".key"), "-out", at(name + ".csr"), "-subj", subject)
    with open(at(name + ".ext"), "w") as file:
        file.write(extension)
    openssl("x509", "-req", "-in", at(name + ".csr"), "-CA", at("ca.crt"), "-CAkey", at("ca.key"), "-CAcreateserial", "-days", "2",
            "-out", at(name + ".crt"), "-extfile", at(name + ".ext"))


def prepare():
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-keyout", at("ca.key"),
            "-out", at("ca.crt"), "-subj", "/CN=test authority", "-addext", "basicConstraints=critical,CA:TRUE")
    certificate("serving", "/CN=localhost", "subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n")
    certificate("client", "/CN=system:authenticators", "extendedKeyUsage=clientAuth\n")
    openssl("genrsa", "-out", at("token.key"), "2048")


def serve():
    prepare()
    modulus = openssl("rsa", "-in", at("token.key"), "-noout", "-modulus").decode().strip().removeprefix("Modulus=")
    jwk = {"kty": "RSA", "kid": "k1", "use": "sig", "alg": "RS256", "n": encoded(bytes.fromhex(modulus)), "e": "AQAB"}
    documents = {"/keys": {"keys": [jwk]}}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            document = documents.get(self.path)
            body = json.dumps(document or {}).encode()
            self.send_response(200 if document else 404)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(at("serving.crt"), at("serving.key"))
    server.socket = context.wrap_socket(server.socket, server_side=True)
    issuer = f"https://localhost:{server.server_port}"
    documents["/.well-known/openid-configuration"] = {"issuer": issuer, "jwks_uri": issuer + "/keys"}
    with open(at("issuer"), "w") as file:
        file.write(issuer)
    print(issuer, flush=True)
    server.serve_forever()


def token(audience, more):
    with open(at("issuer")) as file:
        issuer = file.read()
    claims = {"iss": issuer, "aud": audience, "sub": "u-1", "name": "jane", "groups": "dev,ops", "exp": int(time.time()) + 600, **more}
    claims = {name: value for name, value in claims.items() if value is not None}
    text = ".".join(encoded(json.dumps(part).encode()) for part in ({"alg": "RS256", "kid": "k1"}, claims))
    return text + "." + encoded(openssl("dgst", "-sha256", "-sign", at("token.key"), input=text.encode()))


if len(sys.argv) > 2:
    print(token(sys.argv[2], json.loads(sys.argv[3]) if len(sys.argv) > 3 else {}))
else:
    serve()
