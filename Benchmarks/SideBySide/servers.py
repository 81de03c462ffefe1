"""The programs that are measured: a worker, Envoy, nginx; and the issuer that gives them its keys."""
import http.server
import json
import os
import ssl
import subprocess
import threading
import time
import urllib.request

ENVOY = """
static_resources:
  listeners:
  - address: {{socket_address: {{address: 127.0.0.1, port_value: {port}}}}}
    filter_chains:
    - filters:
      - name: envoy.filters.network.http_connection_manager
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: bench
          route_config: {{virtual_hosts: [{{name: all, domains: ["*"], routes: [{{match: {{prefix: "/"}}, direct_response: {{status: 200}}}}]}}]}}
          http_filters:
          - name: envoy.filters.http.jwt_authn
            typed_config:
              "@type": type.googleapis.com/envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication
              providers:
                bench:
                  issuer: "{issuer}"
                  audiences: [console]
                  local_jwks: {{inline_string: '{jwks}'}}
{cache}
              rules: [{{match: {{prefix: /}}, requires: {{provider_name: bench}}}}]
          - name: envoy.filters.http.router
            typed_config: {{"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}
"""
CACHE = "                  jwt_cache_config: {{jwt_cache_size: {size}, jwt_max_token_size: 8192}}"

NGINX = """
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log stderr crit;
events {{ worker_connections 256; }}
http {{
    access_log off;
    keepalive_requests 100000000;
    large_client_header_buffers 4 16k;
    client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    server {{ listen 127.0.0.1:{port}; location / {{ return 200; }} }}
}}
"""

CONFIGURATION = {
    "apiVersion": "apiserver.config.k8s.io/v1", "kind": "AuthenticationConfiguration",
}


class Issuer:
    """An OpenID provider that only has a discovery document and keys."""

    def __init__(self, port, folder, jwks):
        self.url = f"https://127.0.0.1:{port}/realms/main"
        documents = {
            "/realms/main/.well-known/openid-configuration": {
                "issuer": self.url, "jwks_uri": self.url + "/keys", "id_token_signing_alg_values_supported": ["RS256"],
                "authorization_endpoint": self.url, "response_types_supported": ["code"], "subject_types_supported": ["public"],
            },
            "/realms/main/keys": jwks,
        }

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                body = json.dumps(documents.get(self.path, {})).encode()
                self.send_response(200 if self.path in documents else 404)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(f"{folder}/server.crt", f"{folder}/server.key")
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


class Server:
    """A program on one core, with what it has used of it."""

    def __init__(self, name, command, port, environment=None):
        self.name, self.port = name, port
        self.process = subprocess.Popen(
            ["taskset", "-c", "0", *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
            env={**os.environ, **(environment or {})})

    def wait(self, path, headers):
        deadline = time.monotonic() + 20
        while True:
            try:
                request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers=headers)
                with urllib.request.urlopen(request, timeout=2) as answer:
                    if answer.status == 200:
                        return
            except OSError as error:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    raise SystemExit(f"{self.name} does not answer: {error}")
            time.sleep(0.1)

    def worker_pid(self):
        """nginx does its work in a child."""
        path = f"/proc/{self.process.pid}/task/{self.process.pid}/children"
        with open(path) as file:
            children = file.read().split()
        return int(children[0]) if children else self.process.pid

    def cpu_seconds(self):
        with open(f"/proc/{self.worker_pid()}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self):
        """Megabytes."""
        with open(f"/proc/{self.worker_pid()}/status") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("VmRSS")) / 1024

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def envoy(program, folder, port, issuer, jwks, cache_size):
    text = ENVOY.format(port=port, issuer=issuer, jwks=json.dumps(jwks), cache=CACHE.format(size=cache_size) if cache_size else "")
    path = f"{folder}/envoy-{port}.yaml"
    with open(path, "w") as file:
        file.write(text)
    return Server("envoy", [program, "-c", path, "--concurrency", "1", "--base-id", str(port), "-l", "error"], port)


def nginx(folder, port):
    path = f"{folder}/nginx.conf"
    with open(path, "w") as file:
        file.write(NGINX.format(folder=folder, port=port))
    return Server("nginx", ["nginx", "-c", path, "-p", folder], port)


def worker(program, folder, ports, issuer, cache_size, environment=None):
    """Judges tokens by a Kubernetes AuthenticationConfiguration; plain HTTP on the loopback, as the others."""
    with open(f"{folder}/ca.crt") as file:
        authority = file.read()
    configuration = {
        **CONFIGURATION,
        "jwt": [{
            "issuer": {"url": issuer, "audiences": ["console"], "certificateAuthority": authority},
            "claimMappings": {
                "username": {"claim": "email", "prefix": "oidc:"}, "groups": {"claim": "groups", "prefix": "oidc:"},
                "uid": {"claim": "sub"},
            },
        }],
    }
    path = f"{folder}/authentication-{ports[0]}.json"
    with open(path, "w") as file:
        json.dump(configuration, file)
    command = [
        program, "--authentication-config", path, "--listen", f"127.0.0.1:{ports[1]}",
        "--tls-cert-file", f"{folder}/server.crt", "--tls-private-key-file", f"{folder}/server.key",
        "--client-ca-file", f"{folder}/ca.crt", "--listen-loopback", f"127.0.0.1:{ports[0]}",
        "--token-cache-size", str(cache_size), "--log-level", "error",
    ]
    # One thread for connections, as Envoy's --concurrency 1.
    return Server("worker", command, ports[0], {"NIO_SINGLETON_GROUP_LOOP_COUNT": "1", **(environment or {})})
