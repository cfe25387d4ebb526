"""The examples of docs/pipelines run, each in its own process, with the real engine."""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from contextlib import ExitStack
from http.server import ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.helpers import golden_sources

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "docs" / "pipelines"
NEEDS = {
    "arrow": ["pyarrow"],
    "batch": ["fastwarc", "pyarrow", "rich"],
    "datasets": ["datasets"],
    "datatrove": ["datatrove", "orjson", "regex"],
    "haystack": ["haystack"],
    "langchain": ["langchain_core"],
    "llamaindex": ["llama_index"],
    "pandas": ["pandas", "pyarrow"],
    "polars": ["polars", "pyarrow"],
    "ray": ["ray", "pyarrow"],
    "scrapy": ["scrapy"],
    "spark": ["pyspark", "pyarrow", "pandas"],
}
DOCTESTS = ["arrow", "batch", "datasets", "haystack", "langchain", "llamaindex", "pandas", "polars", "ray", "spark"]
MAX_SECONDS = 90
"""A part of a cluster starts in less."""
HTML = [source for source in golden_sources("realistic") if source.suffix == ".html"]


def page_of(name: str) -> str:
    if missing := [each for each in NEEDS[name] if not find_spec(each)]:
        pytest.skip(f"needs {' and '.join(missing)}")
    if name == "spark" and not (shutil.which("java") or os.environ.get("JAVA_HOME")):
        pytest.skip("needs a Java runtime")
    return (FOLDER / f"{name}.md").read_text(encoding="utf-8")


def fenced(page: str, language: str, mark: str = "") -> list[str]:
    return re.findall(rf"{re.escape(mark)}^```{language}\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)


def call(command: list[str], folder: Path) -> None:
    """Run a command in `folder`, with this Python's scripts; fail with its output."""
    done = subprocess.run(
        command, cwd=folder, env=variables_of(folder), capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr


def variables_of(folder: Path) -> dict[str, str]:
    return {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYSPARK_PYTHON": sys.executable,
        "HF_HOME": str(folder / "hf"),
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Make the inputs that the examples name."""
    sources = [source.read_text("utf-8") for source in HTML]
    for name in ("pages", "dump"):
        (tmp_path / name).mkdir()
    for number, source in enumerate(sources):
        (tmp_path / "pages" / f"{number}.html").write_text(source, encoding="utf-8")
    return tmp_path


def test_every_page_of_the_folder_is_tested() -> None:
    assert sorted(file.stem for file in FOLDER.glob("*.md")) == sorted([*NEEDS, "scale"])  # it has no code to run


@pytest.mark.extra
@pytest.mark.parametrize("name", DOCTESTS)
def test_examples_run(name: str, folder: Path) -> None:
    examples = [each for each in fenced(page_of(name), "python") if ">>>" in each]
    assert examples
    (folder / "examples.txt").write_text("\n".join(examples), encoding="utf-8")
    call([sys.executable, "-m", "doctest", "examples.txt"], folder)


@pytest.mark.extra
def test_commands_of_the_page_on_batch_run(folder: Path) -> None:
    [commands] = fenced(page_of("batch"), "sh", "<!-- run -->\n")
    write_crawls(folder)
    for command in commands.splitlines():
        call(["bash", "-c", command], folder)
    assert len(list((folder / "articles" / "pages").glob("*.txt"))) == len(HTML)
    rows = [json.loads(line) for line in (folder / "text.jsonl").read_text("utf-8").splitlines()]
    assert [list(row) for row in rows] == [["url", "text", "kept", "cut"]] * len(HTML)
    assert len((folder / "articles.jsonl").read_text("utf-8").splitlines()) == len(HTML)

    import pyarrow.parquet as pq

    assert pq.read_table(folder / "articles.parquet").num_rows == len(HTML)


def write_crawls(folder: Path) -> None:
    import pyarrow as pa

    from tests.archives import http, record

    pages = [source.read_bytes() for source in HTML]
    (folder / "crawl.warc.gz").write_bytes(b"".join(gzip.compress(record(http(page))) for page in pages))
    texts = [gzip.compress(record(page, "conversion", content_type="text/plain")) for page in pages]
    (folder / "crawl.warc.wet.gz").write_bytes(b"".join(texts))
    with pa.CompressedOutputStream(str(folder / "dump" / "1.jsonl.zst"), "zstd") as stream:
        stream.write("\n".join(json.dumps({"content": page.decode()}) for page in pages).encode())


@pytest.mark.extra
def test_pipeline_of_the_page_on_datatrove_runs(folder: Path) -> None:
    [script] = fenced(page_of("datatrove"), "python")
    (folder / "pipeline.py").write_text(script)
    for part in (0, 1):
        rows = [json.dumps({"html": source.read_text("utf-8")}) for source in HTML[part::2]]
        (folder / "pages" / f"{part}.jsonl").write_text("\n".join(rows), encoding="utf-8")
    for file in (folder / "pages").glob("*.html"):
        file.unlink()
    call([sys.executable, "pipeline.py"], folder)
    written = b"".join(gzip.decompress(file.read_bytes()) for file in (folder / "articles").glob("*.jsonl.gz"))
    assert len(written.splitlines()) == len(HTML)


@pytest.mark.extra
def test_spider_of_the_page_on_scrapy_runs(folder: Path) -> None:
    page = page_of("scrapy")
    from tests.adapters.test_scrapy import GOLDEN, SITE, Site

    [script] = fenced(page, "python")
    (folder / "spider.py").write_text(script)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    [_, command] = fenced(page, "sh")
    address = f"http://127.0.0.1:{server.server_address[1]}/"
    try:
        call(["bash", "-c", command.replace("https://ullin.example/", address)], folder)
    finally:
        server.shutdown()
        server.server_close()
    items = [json.loads(line) for line in (folder / "articles.jsonl").read_text("utf-8").splitlines()]
    found = {item["url"].removeprefix(address): item["text"] for item in items}
    assert {path.removeprefix("/") for path in SITE} <= found.keys()
    assert all(found[path.removeprefix("/")] for path in GOLDEN)


def submit_job_of_the_page(folder: Path, where: list[str]) -> None:
    [script] = fenced(page_of("spark"), "python", "<!-- run -->\n")
    import pyarrow as pa
    import pyarrow.parquet as pq

    (folder / "clean.py").write_text(script)
    pq.write_table(pa.table({"html": [source.read_text("utf-8") for source in HTML]}), folder / "in.parquet")
    settings = ["--conf", "spark.ui.enabled=false", "--conf", "spark.driver.host=127.0.0.1"]
    call(["spark-submit", *where, *settings, "clean.py", str(folder / "in.parquet"), str(folder / "out")], folder)
    table = pq.read_table(folder / "out")
    assert table.column_names == ["text", "title", "confidence"]
    assert table.num_rows == len(HTML)


@pytest.mark.extra
def test_job_of_the_page_on_spark_runs_by_spark_submit(folder: Path) -> None:
    submit_job_of_the_page(folder, ["--master", "local[2]"])


@pytest.mark.extra
def test_job_of_the_page_on_spark_runs_on_a_cluster_of_two_workers(folder: Path) -> None:
    page_of("spark")
    with ExitStack() as cluster:
        ports = ["--port", "0", "--webui-port", "0"]
        address = started(cluster, folder, "master.Master", r"Starting Spark master at (\S+)", *ports)
        for _ in range(2):
            resources = ["--cores", "1", "--memory", "1g", address]
            started(cluster, folder, "worker.Worker", r"Successfully registered with master (\S+)", *resources)
        one_core_each = ["--conf", "spark.executor.cores=1", "--conf", "spark.executor.memory=600m"]
        submit_job_of_the_page(folder, ["--master", address, *one_core_each])


def started(cluster: ExitStack, folder: Path, name: str, pattern: str, *options: str) -> str:
    """Start a part of a standalone cluster, which ends with the test; return what its log says when it is ready."""
    command = ["spark-class", f"org.apache.spark.deploy.{name}", "--host", "127.0.0.1", *options]
    variables = variables_of(folder) | {"SPARK_WORKER_DIR": str(folder / "work"), "SPARK_LOCAL_IP": "127.0.0.1"}
    log = cluster.enter_context((folder / f"{name}-{len(list(folder.glob('*.log')))}.log").open("w+"))
    daemon = subprocess.Popen(command, cwd=folder, env=variables, stdout=log, stderr=log)
    cluster.callback(daemon.wait)
    cluster.callback(daemon.terminate)
    for _ in range(MAX_SECONDS):
        if found := re.search(pattern, Path(log.name).read_text("utf-8")):
            return found[1]
        assert daemon.poll() is None
        time.sleep(1)
    raise AssertionError(Path(log.name).read_text("utf-8"))
