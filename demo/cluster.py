"""A running Postern for the demo: the controller with its workers and OAuth server, and the commands typed at it."""
import http.client
import json
import os
import shlex
import signal
import socket
import ssl
import subprocess
import threading
import time
import urllib.parse

from screen import StepFailed, eventually, expect


ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


def free_run_of_ports(count):
    """Ports that follow each other: worker N listens on the first one plus N."""
    for base in range(20000 + os.getpid() % 20000, 60000, 7):
        try:
            sockets = []
            try:
                for port in range(base, base + count):
                    one = socket.socket()
                    sockets.append(one)
                    one.bind(("127.0.0.1", port))
                return base
            finally:
                for one in sockets:
                    one.close()
        except OSError:
            continue
    raise RuntimeError("no free ports")


class Worker:
    """One worker's endpoints, over a connection that is kept."""

    def __init__(self, cluster, index):
        self.cluster, self.index, self.name = cluster, index, f"worker-{index}"
        self.port = cluster.worker_port + index
        self._local = threading.local()

    def request(self, method, path, body=None, headers=None, fresh=False):
        connection = getattr(self._local, "connection", None)
        if fresh or connection is None:
            connection = http.client.HTTPSConnection("127.0.0.1", self.port, context=self.cluster.tls(), timeout=10)
            self._local.connection = connection
        try:
            connection.request(method, path, body=body, headers=headers or {})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read().decode()
        except (OSError, http.client.HTTPException):
            connection.close()
            self._local.connection = None
            raise

    def review(self, token, version="v1", audiences=None):
        """A TokenReview; returns HTTP status and the review's status."""
        spec = {"token": token}
        if audiences:
            spec["audiences"] = audiences
        body = json.dumps({"apiVersion": f"authentication.k8s.io/{version}", "kind": "TokenReview", "spec": spec})
        code, _, text = self.request("POST", f"/apis/authentication.k8s.io/{version}/tokenreviews", body,
                                     {"Content-Type": "application/json"})
        return code, json.loads(text).get("status", {})

    def user(self, token):
        """The username that the token has here; None when it is refused."""
        code, status = self.review(token)
        expect(code in (200, 201), "HTTP 200 or 201 for a TokenReview", code)
        return status.get("user", {}).get("username") if status.get("authenticated") else None

    def forward_auth(self, token):
        return self.request("GET", "/auth", headers={"Authorization": "Bearer " + token})

    def pid(self):
        with open(os.path.join(self.cluster.data, "workers", self.name, "process.json")) as file:
            return json.load(file)["pid"]


class Cluster:
    def __init__(self, programs, folder, screen, workers=3):
        self.programs, self.folder, self.screen = os.path.abspath(programs), folder, screen
        self.data = os.path.join(folder, "data")
        self.api_port, self.oauth_port = free_ports(2)
        self.worker_port = free_run_of_ports(workers)
        self.kubeconfig = os.path.join(self.data, "admin.kubeconfig")
        self.home = os.path.join(folder, "home")
        os.makedirs(self.home, exist_ok=True)
        self.workers = [Worker(self, index) for index in range(workers)]
        self.controller = None
        self._tls = None

    # -- processes

    def command(self):
        return [os.path.join(self.programs, "controller"), "--data", self.data, "--listen", f"127.0.0.1:{self.api_port}",
                "--worker-listen", f"127.0.0.1:{self.worker_port}", "--oauth-listen", f"127.0.0.1:{self.oauth_port}",
                "--workers", str(len(self.workers))]

    def start(self, seconds=30):
        """Starts the controller and waits until it serves; returns what it printed."""
        log = os.path.join(self.folder, "controller.log")
        printed = os.path.join(self.folder, "controller.out")
        with open(log, "ab") as errors, open(printed, "wb") as output:
            self.controller = subprocess.Popen(self.command(), stdout=output, stderr=errors, stdin=subprocess.DEVNULL,
                                               env=self.environment(), start_new_session=True)

        def ready():
            if self.controller.poll() is not None:
                with open(log) as file:
                    raise RuntimeError(f"the controller ended with {self.controller.returncode}: {file.read()[-2000:]}")
            return os.path.exists(self.kubeconfig) and self.quiet_ctl("get", "authentication", "cluster").returncode == 0

        eventually(ready, "the controller serves", seconds, pause=0.05)
        with open(printed) as file:
            return file.read()

    def kill_controller(self):
        self.controller.kill()
        self.controller.wait()

    def stop(self):
        """Ends everything that was started: the controller takes its workers along."""
        if self.controller and self.controller.poll() is None:
            self.controller.send_signal(signal.SIGTERM)
            try:
                self.controller.wait(30)
            except subprocess.TimeoutExpired:
                self.controller.kill()
                self.controller.wait()
        for path in self.process_files():
            try:
                with open(path) as file:
                    pid = json.load(file)["pid"]
                with open(f"/proc/{pid}/cmdline") as file:
                    ours = self.data in file.read()
                if ours:
                    os.kill(pid, signal.SIGKILL)
            except (OSError, ValueError, KeyError):
                pass

    def process_files(self):
        folders = [os.path.join(self.data, "workers", worker.name) for worker in self.workers]
        return [os.path.join(folder, "process.json") for folder in folders + [os.path.join(self.data, "oauth-server")]]

    def oauth_pid(self):
        with open(os.path.join(self.data, "oauth-server", "process.json")) as file:
            return json.load(file)["pid"]

    # -- what is typed

    def environment(self):
        environment = {key: value for key, value in os.environ.items() if not key.startswith("KUBE")}
        return environment | {"KUBECONFIG": self.kubeconfig, "HOME": self.home, "SWIFT_BACKTRACE": "enable=no",
                              "PATH": self.programs + os.pathsep + os.environ.get("PATH", "")}

    def quiet_ctl(self, *arguments, stdin=None, environment=None):
        return subprocess.run([os.path.join(self.programs, "ctl"), *arguments], input=stdin, capture_output=True, text=True,
                              env=environment or self.environment(), timeout=120, cwd=ROOT)

    def ctl(self, *arguments, code=0, stdin=None, show=None, limit=30, environment=None):
        """Types a ctl command, prints what comes back and returns it; fails the step on another exit code."""
        self.screen.typed(show or "ctl " + " ".join(shlex.quote(argument) for argument in arguments))
        result = self.quiet_ctl(*arguments, stdin=stdin, environment=environment)
        text = result.stdout + result.stderr
        self.screen.answer(text, limit)
        if code is not None and result.returncode != code:
            raise StepFailed(f"expected exit code {code} of ctl {' '.join(arguments)[:80]}; got {result.returncode}: {text[-800:]}")
        return text

    def shell(self, *command, code=0, limit=30, stdin=None):
        self.screen.typed(" ".join(shlex.quote(part) for part in command))
        result = subprocess.run(command, capture_output=True, text=True, env=self.environment(), timeout=120, input=stdin, cwd=ROOT)
        text = result.stdout + result.stderr
        self.screen.answer(text, limit)
        if code is not None:
            expect(result.returncode == code, f"exit code {code}", text)
        return text

    def object(self, path):
        """An object of the API, read with the administrator's certificate; None when it is not there."""
        connection = http.client.HTTPSConnection("127.0.0.1", self.api_port, context=self.tls(), timeout=10)
        try:
            connection.request("GET", path, headers={"Accept": "application/json"})
            answer = connection.getresponse()
            text = answer.read().decode()
            return json.loads(text) if answer.status == 200 else None
        finally:
            connection.close()

    def authentication(self):
        return self.object("/apis/config.openshift.io/v1/authentications/cluster")

    def rollout(self):
        return self.object("/apis/operator.openshift.io/v1/kubeapiservers/cluster")["status"]

    def latest_revision(self):
        return self.rollout().get("latestAvailableRevision", 0)

    def settled(self, revision=None):
        """Whether every worker is at the latest revision (and that is the given one)."""
        status = self.rollout()
        latest = status.get("latestAvailableRevision", 0)
        nodes = status.get("nodeStatuses", [])
        return (len(nodes) == len(self.workers) and latest >= (revision or 1)
                and all(node.get("currentRevision") == latest and not node.get("targetRevision") for node in nodes))

    # -- credentials

    def tls(self):
        """The administrator's client certificate, as the kubeconfig carries it."""
        if self._tls is None:
            view = self.quiet_ctl("config", "view", "--raw", "-o", "json")
            expect(view.returncode == 0, "ctl config view to work", view.stderr)
            config = json.loads(view.stdout)
            import base64
            files = {}
            user, cluster = config["users"][0]["user"], config["clusters"][0]["cluster"]
            for name, text in (("ca", cluster["certificate-authority-data"]), ("cert", user["client-certificate-data"]),
                               ("key", user["client-key-data"])):
                files[name] = os.path.join(self.folder, f"admin-{name}.pem")
                with open(os.open(files[name], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                    file.write(base64.b64decode(text))
            context = ssl.create_default_context(cafile=files["ca"])
            context.load_cert_chain(files["cert"], files["key"])
            self._tls = context
            self.files = files
        return self._tls


class Load:
    """Keeps putting valid tokens to all workers until it is stopped; counts answers that are not a yes."""

    def __init__(self, cluster, token, threads_per_worker=1):
        self.cluster, self.token = cluster, token
        self.stopping = threading.Event()
        self.lock = threading.Lock()
        self.good, self.failures, self.users = 0, [], set()
        self.threads = [threading.Thread(target=self._run, args=(worker,), daemon=True)
                        for worker in cluster.workers for _ in range(threads_per_worker)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        for thread in self.threads:
            thread.join(15)

    def _run(self, worker):
        while not self.stopping.is_set():
            try:
                code, status = worker.review(self.token)
                problem = None if status.get("authenticated") else f"{worker.name}: HTTP {code} {status.get('error')}"
            except Exception as failure:
                problem = f"{worker.name}: {type(failure).__name__}: {failure}"
            with self.lock:
                if problem:
                    self.failures.append(problem)
                else:
                    self.good += 1
                    self.users.add(status["user"]["username"])
            if problem:
                time.sleep(0.01)
