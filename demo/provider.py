"""A real OpenID provider for the demo and the system tests: Glewlwyd over HTTPS, with a certificate authority of its own.

Needs only Python's standard library, openssl and Debian's package glewlwyd. Everything lives in one folder and one process.

    python3 demo/provider.py --folder DIR --port 9470      runs until it gets SIGTERM; prints one JSON line when it is ready
    python3 demo/provider.py --folder DIR --token web      logs alice in (code with PKCE) and prints an id_token
"""
import argparse
import base64
import hashlib
import http.client
import http.cookies
import json
import os
import re
import signal
import sqlite3
import ssl
import subprocess
import sys
import time
import urllib.parse

USER, PASSWORD, EMAIL = "alice", "correct-horse-1", "alice@example.test"
CLIENTS = {"console-test": "console-test-secret", "oc-cli-test": "oc-cli-test-secret", "other-app": "other-app-secret"}
REDIRECT = "http://localhost:8080/callback"
SCHEMA = "/usr/share/dbconfig-common/data/glewlwyd/install/sqlite3"
TEMPLATE = "/etc/glewlwyd/glewlwyd.conf"


class Session:
    """An HTTPS client that keeps cookies, follows no redirect and trusts only the provider's authority."""

    def __init__(self, port, authority):
        self.port, self.cookies = port, {}
        self.context = ssl.create_default_context(cafile=authority)

    def request(self, method, path, body=None, form=None, headers=None):
        headers = dict(headers or {})
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        data = None
        if body is not None:
            data, headers["Content-Type"] = json.dumps(body), "application/json"
        elif form is not None:
            data, headers["Content-Type"] = urllib.parse.urlencode(form), "application/x-www-form-urlencoded"
        connection = http.client.HTTPSConnection("localhost", self.port, context=self.context, timeout=10)
        try:
            connection.request(method, path, body=data, headers=headers)
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        for value in answer.headers.get_all("Set-Cookie") or []:
            for name, morsel in http.cookies.SimpleCookie(value).items():
                self.cookies[name] = morsel.value
        return answer, text

    def ok(self, method, path, **arguments):
        answer, text = self.request(method, path, **arguments)
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: HTTP {answer.status}: {text[:300]}")
        return text


def run(*command):
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def make_certificates(folder):
    """An authority (EC P-256) and a server certificate for localhost."""
    os.makedirs(folder, exist_ok=True)
    at = lambda name: os.path.join(folder, name)
    run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
        "-keyout", at("ca.key"), "-out", at("ca.crt"), "-subj", "/CN=Demo provider authority",
        "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign")
    run("openssl", "req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", at("server.key"), "-out", at("server.csr"),
        "-subj", "/CN=localhost")
    with open(at("server.ext"), "w") as file:
        file.write("subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n"
                   "keyUsage=digitalSignature,keyEncipherment\n")
    run("openssl", "x509", "-req", "-in", at("server.csr"), "-CA", at("ca.crt"), "-CAkey", at("ca.key"), "-CAcreateserial",
        "-days", "30", "-out", at("server.crt"), "-extfile", at("server.ext"))
    with open(at("chain.crt"), "w") as chain:
        for name in ("server.crt", "ca.crt"):
            with open(at(name)) as part:
                chain.write(part.read())


class Provider:
    def __init__(self, folder, port):
        self.folder, self.port = os.path.abspath(folder), port
        self.issuer = f"https://localhost:{port}/api/oidc"
        self.authority = os.path.join(self.folder, "pki", "ca.crt")
        self.signing_key = os.path.join(self.folder, "signing.key")
        self.process = None

    # -- life

    def start(self):
        """Prepares the folder unless it is prepared already, starts the server and waits until it answers."""
        fresh = not os.path.exists(os.path.join(self.folder, "glewlwyd.conf"))
        if fresh:
            self._prepare()
        log = open(os.path.join(self.folder, "provider.log"), "ab")
        self.process = subprocess.Popen(["glewlwyd", "-c", os.path.join(self.folder, "glewlwyd.conf")],
                                        stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        log.close()
        self._wait()
        if fresh:
            self._configure()
        return self

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process = None

    def _prepare(self):
        os.makedirs(self.folder, exist_ok=True)
        at = lambda name: os.path.join(self.folder, name)
        make_certificates(at("pki"))
        database = sqlite3.connect(at("provider.db"))
        with open(SCHEMA) as schema:
            database.executescript(schema.read())
        # A property with several values must be declared before the server starts.
        (parameters,) = database.execute("select gumi_parameters from g_user_module_instance").fetchone()
        parameters = json.loads(parameters)
        parameters.setdefault("data-format", {})["groups"] = {
            "multiple": True, "read": True, "write": True, "profile-read": True, "profile-write": False}
        database.execute("update g_user_module_instance set gumi_parameters = ?", (json.dumps(parameters),))
        database.commit()
        database.close()
        with open(TEMPLATE) as template:
            text = template.read()
        for pattern, value in {
            r"^port=.*": f"port={self.port}",
            r"^external_url=.*": f'external_url="https://localhost:{self.port}"',
            r"^use_secure_connection=.*": "use_secure_connection=true",
            r"^secure_connection_key_file=.*": f'secure_connection_key_file="{at("pki/server.key")}"',
            r"^secure_connection_pem_file=.*": f'secure_connection_pem_file="{at("pki/chain.crt")}"',
            r"^secure_connection_ca_file=.*": f'secure_connection_ca_file="{at("pki/ca.crt")}"',
            r"^log_mode=.*": 'log_mode="console"',
            r"^cookie_secure=.*": "cookie_secure=1",
            r"^@include.*": f'database = {{ type="sqlite3"; path="{at("provider.db")}"; }};',
            r"^.*bind_address.*$": 'bind_address="127.0.0.1"',
        }.items():
            text, count = re.subn(pattern, lambda _: value, text, flags=re.M)
            if count == 0 and "bind_address" in pattern:
                text = value + "\n" + text
        with open(at("glewlwyd.conf"), "w") as file:
            file.write(text)
        run("openssl", "genrsa", "-out", self.signing_key, "2048")
        run("openssl", "rsa", "-in", self.signing_key, "-pubout", "-out", at("signing.pub"))

    def _wait(self):
        deadline = time.monotonic() + 20
        while True:
            try:
                answer, _ = Session(self.port, self.authority).request("GET", "/config")
                if answer.status == 200:
                    return
            except OSError:
                pass
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the provider did not start; see {self.folder}/provider.log")
            time.sleep(0.05)

    def _configure(self):
        admin = Session(self.port, self.authority)
        admin.ok("POST", "/api/auth/", body={"username": "admin", "password": "password"})
        for scope in ("groups", "profile", "email"):
            admin.ok("POST", "/api/scope/", body={
                "name": scope, "display_name": scope, "password_required": True, "scheme": {}})
        with open(self.signing_key) as key, open(os.path.join(self.folder, "signing.pub")) as public:
            admin.ok("POST", "/api/mod/plugin/", body=self._plugin(key.read(), public.read()))
        admin.ok("POST", "/api/user/?source=database", body={
            "username": USER, "name": "Alice Doe", "email": EMAIL, "password": PASSWORD, "enabled": True,
            "scope": ["openid", "groups", "profile", "email", "g_profile"], "groups": ["dev", "ops"]})
        for client, secret in CLIENTS.items():
            admin.ok("POST", "/api/client/?source=database", body={
                "client_id": client, "name": client, "confidential": True, "enabled": True, "client_secret": secret,
                "redirect_uri": [REDIRECT], "authorization_type": ["code", "refresh_token"],
                "token_endpoint_auth_method": ["client_secret_basic"], "scope": []})

    def _plugin(self, key, public):
        claim = lambda name, user_property: {
            "name": name, "user-property": user_property, "type": "string", "mandatory": True, "on-demand": False, "scope": []}
        return {"name": "oidc", "module": "oidc", "display_name": "oidc", "enabled": True, "parameters": {
            "iss": self.issuer, "jwt-type": "rsa", "jwt-key-size": "256", "key": key, "cert": public, "jwks-show": True,
            "access-token-duration": 3600, "refresh-token-duration": 86400, "code-duration": 600,
            "refresh-token-rolling": True, "refresh-token-one-use": "never", "allow-non-oidc": True,
            "auth-type-code-enabled": True, "auth-type-token-enabled": False, "auth-type-id-token-enabled": True,
            "auth-type-none-enabled": False, "auth-type-password-enabled": False, "auth-type-client-enabled": False,
            "auth-type-refresh-enabled": True, "auth-type-device-enabled": False, "pkce-allowed": True,
            "pkce-method-plain-allowed": False, "pkce-required-public-client": True, "subject-type": "public", "scope": [],
            "additional-parameters": [], "name-claim": "mandatory", "email-claim": "mandatory", "scope-claim": "mandatory",
            "claims": [claim("groups", "groups"), claim("preferred_username", "username")],
            "request-parameter-allow": True, "register-client-allowed": False, "session-management-allowed": False,
            "introspection-revocation-allowed": False, "introspection-revocation-auth-scope": [],
            "introspection-revocation-allow-target-client": True, "resource-allowed": False,
            "client-pubkey-parameter": "pubkey", "client-jwks-parameter": "jwks", "client-jwks_uri-parameter": "jwks_uri",
            "oauth-dpop-allowed": False}}

    # -- tokens

    def token(self, client="oc-cli-test"):
        """Alice logs in, grants, and the client exchanges the code (PKCE) for an id_token."""
        browser = Session(self.port, self.authority)
        browser.ok("POST", "/api/auth/", body={"username": USER, "password": PASSWORD})
        scope = "openid groups profile email"
        browser.ok("PUT", f"/api/auth/grant/{client}", body={"scope": scope})
        verifier = base64.urlsafe_b64encode(os.urandom(32)).rstrip(b"=").decode()
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        query = urllib.parse.urlencode({
            "response_type": "code", "client_id": client, "redirect_uri": REDIRECT, "scope": scope, "state": "s", "nonce": "n1",
            "code_challenge": challenge, "code_challenge_method": "S256", "g_continue": ""})
        answer, _ = browser.request("GET", "/api/oidc/auth?" + query)
        location = answer.headers.get("Location") or ""
        code = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(location).query)).get("code")
        if not code:
            raise RuntimeError(f"the provider gave no code: {location}")
        basic = base64.b64encode(f"{client}:{CLIENTS[client]}".encode()).decode()
        text = Session(self.port, self.authority).ok(
            "POST", "/api/oidc/token", headers={"Authorization": "Basic " + basic},
            form={"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT, "code_verifier": verifier,
                  "client_id": client})
        return json.loads(text)["id_token"]

    def sign(self, header, claims):
        """A token with any header and claims, signed with the provider's own key: what a broken provider could issue."""
        signed = ".".join(encoded(json.dumps(part).encode()) for part in (header, claims))
        signature = subprocess.run(["openssl", "dgst", "-sha256", "-sign", self.signing_key], input=signed.encode(),
                                   stdout=subprocess.PIPE, check=True).stdout
        return signed + "." + encoded(signature)

    def public_key(self):
        with open(os.path.join(self.folder, "signing.pub"), "rb") as file:
            return file.read()


def encoded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def parts(token):
    """Header and claims of a token, unverified."""
    return [json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))) for part in token.split(".")[:2]]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", required=True)
    parser.add_argument("--port", type=int, default=9470)
    parser.add_argument("--token", metavar="CLIENT")
    options = parser.parse_args()
    provider = Provider(options.folder, options.port)
    if options.token:
        print(provider.token(options.token))
        return
    stopping = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.append(1))
    provider.start()
    print(json.dumps({"issuer": provider.issuer, "authority": provider.authority, "pid": provider.process.pid}), flush=True)
    try:
        while not stopping and provider.process.poll() is None:
            time.sleep(0.1)
    finally:
        provider.stop()
    sys.exit(0 if stopping else 1)


if __name__ == "__main__":
    main()
