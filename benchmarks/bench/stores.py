"""What log sinks are measured against: a real OpenSearch, rsyslog with omelasticsearch, and stand-ins that count."""

import json
import os
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

from . import program
from .bed import free_port, wait
from .measure import Failed, Sample, talk

SERVER = program.HOME / "src/test/servers/opensearch"
TEMPLATE = program.HOME / "src/main/resources/org/jetfanout/sink/elasticsearch/index-template.json"
RECEIVERS = program.HOME / "benchmarks/sinks/Receivers.java"
MAVEN = [program.HOME / "src/main/build/maven", "-B", "-ntp", "-q"]
FETCHES = "org.apache.maven.plugins:maven-dependency-plugin:3.9.0:"


class OpenSearch:
    """As the tests start it: from Maven Central, in a JVM of its own, on an empty folder. It ends with this process."""

    def __init__(self, folder):
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self):
        jars = program.HOME / "target/servers/opensearch.classpath"
        if not jars.exists():
            jars.parent.mkdir(parents=True, exist_ok=True)
            words = [*MAVEN, "-f", SERVER / "pom.xml", FETCHES + "build-classpath", f"-Dmdep.outputFile={jars}"]
            subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
        self.folder.mkdir(parents=True)
        words = ["java", "-Xms1g", "-Xmx1g", "-cp", jars.read_text().strip(), SERVER / "OpenSearchNode.java"]
        self.log = open(self.folder / "server.log", "wb")
        self.process = subprocess.Popen(
            words + [self.folder / "data", str(self.port)], stdin=subprocess.PIPE, stdout=self.log, stderr=self.log
        )
        wait("OpenSearch answers", self.answers, 180)
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.log.close()

    def answers(self):
        if self.process.poll() is not None:
            raise Failed(f"OpenSearch has ended: {(self.folder / 'server.log').read_text()[-2000:]}")
        try:
            self.ask("GET", "/_cluster/health")
            return True
        except OSError:
            return False

    def ask(self, method, path, body=None):
        request = urllib.request.Request(
            self.url + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def make(self, index):
        """An empty index with the fields of our template."""
        try:
            self.ask("DELETE", f"/{index}")
        except urllib.error.HTTPError as e:
            if e.code != 404:
                raise
        self.ask("PUT", f"/{index}", json.loads(TEMPLATE.read_text())["template"])

    def indexed(self, index):
        """How many documents it has taken; asks for no refresh."""
        return self.ask("GET", f"/{index}/_stats/indexing")["_all"]["primaries"]["indexing"]["index_total"]

    def count(self, index):
        """Lines of output that can be searched; each document has an id of its own, so none is counted twice."""
        self.ask("POST", f"/{index}/_refresh")
        query = {"query": {"term": {"event.dataset": "jetfanout.output"}}}
        return self.ask("GET", f"/{index}/_count", query)["count"]


class Receivers:
    """Stand-ins for Splunk's collector and for Logstash, and one that never answers, in a JVM of their own."""

    def __enter__(self):
        self.process = subprocess.Popen(
            ["java", "-Xmx256m", "-Dsun.net.httpserver.nodelay=true", RECEIVERS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.hec, self.lines, self.mute = map(int, self.process.stdout.readline().split())
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()

    def count(self):
        """What came since it was asked last."""
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())


def debian(name, file):
    """A file of a Debian package, which is unpacked beside the system; None where it cannot be had."""
    folder = program.HOME / "target/debian" / name
    if not folder.exists():
        part = folder.with_suffix(".part")
        part.mkdir(parents=True, exist_ok=True)
        got = subprocess.run(["apt-get", "-qq", "-o", "APT::Sandbox::User=", "download", name], cwd=part, capture_output=True)
        debs = list(part.glob("*.deb"))
        if got.returncode != 0 or not debs:
            talk(f"{name} cannot be had: left out ({got.stderr.decode().strip()})")
            return None
        subprocess.run(["dpkg", "-x", debs[0], part], check=True)
        part.rename(folder)
    return next(iter(folder.rglob(file)), None)


# what a run of ours makes of a line, with the same fields and of the same length
GUID = "3f2a0c1e-5a6b-4c7d-8e9f-0a1b2c3d4e5f"
PARTS = [
    '{"@timestamp":"', "time", '","message":"', "line",
    '","event":{"id":"' + GUID + ':0001:output:', "offset", '","sequence":', "offset",
    ',"dataset":"jetfanout.output","kind":"event"},"observer":{"hostname":"worker001"},'
    '"log":{"level":"info","iostream":"stdout"},"labels":{"guid":"' + GUID + '","batch":"0001","worker_group":"workers"},'
    '"ecs":{"version":"8.17.0"},"data_stream":{"type":"logs","dataset":"jetfanout.run","namespace":"default"}}',
]  # fmt: skip
ID = [GUID + ":0001:output:", "offset"]

PROPERTIES = {
    "time": 'property(name="timegenerated" dateFormat="rfc3339")',
    "line": 'property(name="msg" format="json")',
    "offset": 'property(name="$!metadata!fileoffset")',
}


def rsyslog_template(name, parts):
    steps = []
    for part in parts:
        quoted = part.replace("\\", "\\\\").replace('"', '\\"')
        steps.append(PROPERTIES.get(part) or f'constant(value="{quoted}")')
    return f'template(name="{name}" type="list") {{\n  ' + "\n  ".join(steps) + "\n}\n"


class Rsyslog:
    """rsyslogd that follows one file (imfile) and sends each line on, frames of so many at a time, by one thread."""

    def __init__(self, folder, records):
        self.folder = folder
        self.records = records
        self.module = debian("rsyslog-elasticsearch", "omelasticsearch.so")

    def to_opensearch(self, file, store, index, own_ids):
        ids = 'bulkid="id" dynbulkid="on" writeoperation="create"' if own_ids else ""
        action = (
            f'action(type="omelasticsearch" server="127.0.0.1" serverport="{store.port}" searchIndex="{index}" searchType=""'
            f' template="doc" bulkmode="on" maxbytes="5m" errorfile="{self.folder}/errors" {ids})'
        )
        return self.run(file, f'module(load="{self.module}")', action, lambda: store.indexed(index))

    def to_lines(self, file, receivers):
        action = (
            f'action(type="omfwd" target="127.0.0.1" port="{receivers.lines}" protocol="tcp" template="doc"'
            ' tcp_framing="traditional")'
        )
        seen = [0]

        def count():
            seen[0] += receivers.count()
            return seen[0]

        return self.run(file, "", action, count)

    def run(self, file, module, action, count):
        """From its start until all has arrived; it does not end by itself."""
        lines = sum(1 for _ in open(file, "rb"))
        work = self.folder / "rsyslog"
        subprocess.run(["rm", "-rf", work], check=True)
        work.mkdir(parents=True)
        (work / "conf").write_text(
            f'global(workDirectory="{work}" maxMessageSize="64k")\n'
            'module(load="imfile")\n'
            f"{module}\n"
            + rsyslog_template("id", ID)
            + rsyslog_template("doc", PARTS)
            + f'input(type="imfile" file="{file}" tag="jet" addMetadata="on" ruleset="all")\n'
            f'ruleset(name="all" queue.type="LinkedList" queue.size="100000" queue.dequeueBatchSize="{self.records}"'
            f" queue.workerThreads=\"1\") {{ {action} }}\n"
        )
        begin = time.monotonic()
        log = open(work / "log", "wb")
        process = subprocess.Popen(["rsyslogd", "-n", "-i", "NONE", "-f", work / "conf"], stdout=log, stderr=log)
        try:
            while count() < lines:
                if process.poll() is not None or time.monotonic() > begin + 300:
                    raise Failed(f"rsyslogd does not deliver: {(work / 'log').read_text()[-2000:]}")
                time.sleep(0.05)
            wall = time.monotonic() - begin
        finally:
            process.terminate()
            _, _, usage = os.wait4(process.pid, 0)
            process.returncode = 0
            log.close()
        return Sample(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, 0)


def awk(parts):
    """An awk program that makes of each line what ours makes of it; the lines hold nothing that JSON would escape."""
    names = {"time": "now", "line": "$0", "offset": "at"}
    words = []
    for part in parts:
        quoted = part.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        words.append(names.get(part) or f'"{quoted}"')
    return f'BEGIN {{ at = 0 }} {{ print {" ".join(words)}; at += length($0) + 1 }}'


def bulk(parts, ids):
    """Two lines a record: what to do with it, and the record."""
    return awk(['{"create":{"_id":"'] + ids + ['"}}\n'] + parts)
