"""One RSA key, and as many tokens of about 1 KB as Keycloak writes them."""
import base64
import json
import time

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

ISSUER = "https://127.0.0.1:{port}/realms/main"


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Signer:
    def __init__(self, issuer):
        self.issuer = issuer
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        numbers = self.key.public_key().public_numbers()
        self.jwks = {"keys": [{
            "kty": "RSA", "kid": "bench", "alg": "RS256", "use": "sig", "e": "AQAB",
            "n": base64url(numbers.n.to_bytes(256, "big")),
        }]}
        self.header = base64url(b'{"alg":"RS256","kid":"bench","typ":"JWT"}')

    def claims(self, number, now):
        return {
            "exp": now + 86400, "iat": now, "jti": f"b7d9b2b0-9f0f-43f4-a3d3-{number:012d}", "iss": self.issuer,
            "aud": ["console", "cli"], "sub": f"f4c1a6de-5b1e-4d0e-8a3f-{number:012d}", "typ": "ID", "azp": "console",
            "session_state": "7b1c6f0e-6a0a-4e1a-9a55-5b9f2f6f0a11", "acr": "1", "email": f"alice{number}@example.com",
            "email_verified": True, "name": "Alice Example", "preferred_username": f"alice{number}",
            "groups": ["dev", "ops", "platform", "on-call", "everyone", "eu-west", "postgres-readers", "registry-pushers"],
            "realm_access": {"roles": ["offline_access", "uma_authorization", "default-roles-main"]},
            "resource_access": {"account": {"roles": ["manage-account", "manage-account-links", "view-profile"]}},
            "locale": "en", "scope": "openid email profile groups offline_access",
        }

    def token(self, number, now):
        text = f"{self.header}.{base64url(json.dumps(self.claims(number, now), separators=(',', ':')).encode())}"
        return f"{text}.{base64url(self.key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256()))}"

    def write(self, path, count):
        now = int(time.time())
        with open(path, "w") as file:
            for number in range(count):
                file.write(self.token(number, now) + "\n")
