"""Writes the same experiments into a SQLite store and a file store with real MLflow, and what MLflow's own client answers.

    make-stores.py OUT      OUT/sqlite/mlflow.db, OUT/file/mlruns, OUT/sqlite.json, OUT/file.json

Run ids, times and values are the same at every run and in both stores; the ids of file-store experiments too.
"""

import json
import math
import os
import random
import sys
import uuid
from pathlib import Path

os.environ.setdefault("MLFLOW_ALLOW_FILE_STORE", "true")
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")

from mlflow import MlflowClient  # noqa: E402
from mlflow.entities import (  # noqa: E402
    Dataset,
    DatasetInput,
    InputTag,
    LoggedModelOutput,
    LoggedModelParameter,
    LoggedModelTag,
    Metric,
    Param,
    RunTag,
    ViewType,
)
from mlflow.store.tracking import file_store  # noqa: E402

BASE = 1_700_000_000_000
NAN, INF = math.nan, math.inf


RNG = random.Random()
uuid.uuid4 = lambda: uuid.UUID(int=RNG.getrandbits(128), version=4)
file_store._generate_unique_integer_id = lambda: RNG.randrange(10**17, 10**18)


def name_next(label):
    """What is created next gets an id that follows from this label alone, whatever else a store draws ids for."""
    RNG.seed(label)
    return label


def log(client, run_id, metrics=(), params=(), tags=()):
    client.log_batch(
        run_id,
        metrics=[Metric(k, v, t, s) for k, v, t, s in metrics],
        params=[Param(k, v) for k, v in params],
        tags=[RunTag(k, v) for k, v in tags],
    )


def make(client):
    """Creates everything; answers the ids that the questions below need."""
    ids = {}
    plain = client.create_experiment(name_next("plain"))
    unicode = client.create_experiment(name_next("ünï 実験 🎉 / spaces"), tags={"mlflow.note.content": "Ärger\nzwei Zeilen"})
    client.create_experiment(name_next("empty"))
    gone = client.create_experiment(name_next("gone"))
    statuses = ["FINISHED", "FAILED", "KILLED", "FINISHED", "FINISHED"]
    accuracies = [0.5, 0.9, 0.9, NAN, INF, -INF, None, 0.1, 0.75, 0.9, NAN, None]
    for i in range(36):
        # Every third run shares its start with the one before, so that ties are broken by run id.
        start = BASE + (i - (1 if i % 3 == 2 else 0)) * 1000
        run = client.create_run(plain, start_time=start, run_name=name_next(f"run {i:02d}" if i % 4 else f"Ünder {i}"))
        run_id = run.info.run_id
        ids[f"plain{i}"] = run_id
        metrics = [("loss", round(1 / (i + 1), 6), start + 5, i % 7)]
        accuracy = accuracies[i % len(accuracies)]
        if accuracy is not None:
            metrics.append(("acc", accuracy, start + 10, 1))
        if i % 5 == 0:
            metrics += [("val/acc top-5", i / 36, start, 0), ("a.b", -i, start, 0)]
        params = [("optimizer", ["adam", "sgd", "Adam", "rmsprop"][i % 4]), ("lr", str(10.0 ** -(i % 5)))]
        if i % 2:
            params += [("opt/lr schedule", f"step_{i % 3}"), ("of: 100", "50%_done")]
        tags = [("owner", ["ana", "Ben", "ÅSA", "日本"][i % 4])]
        if i % 6 == 0:
            tags += [("note", 'it\'s "quoted"'), ("mlflow.note.content", "# Title\n\nText ✅\n")]
        log(client, run_id, metrics, params, tags)
        if i % 9 != 8:
            client.set_terminated(run_id, statuses[i % 5], end_time=start + 60_000 + i)
        if i % 10 == 7:
            client.delete_run(run_id)

    big = client.create_run(unicode, start_time=BASE + 500_000, run_name=name_next("grand \U0001f680 run")).info.run_id
    ids["big"] = big
    steps = [-3, 0, 5, 5, 5, 2**53 - 1, 2**53 + 1, 2**62 + 3, 2**63 - 1]
    log(client, big, [("wide steps", float(n), BASE + n, s) for n, s in enumerate(steps)])
    # One step three times, out of order, with times that run against the steps.
    log(client, big, [("unsorted", v, BASE + t, s) for v, t, s in
                      [(3.0, 5, 2), (1.0, 9, 0), (2.0, 5, 1), (7.0, 4, 2), (6.0, 5, 2), (NAN, 6, 3), (INF, 7, 3), (-INF, 8, 4)]])
    log(client, big, [("curve", math.sin(n / 50), BASE + n * 10, n) for n in range(1000)])
    log(client, big, [("all nan", NAN, BASE + n, n) for n in range(3)])
    log(client, big, params=[("multi line", "first\nsecond\n\n  third\t\n"), ("unicode", "héllo 🎉 \u2028 ‏"),
                             ("empty", ""), ("long", "x" * 5900), ("json", '{"a": [1, 2], "b": "c\'d"}')],
        tags=[("ключ", "значение"), ("very long", "y" * 7000), ("mlflow.source.git.commit", "0123abcd")])
    client.set_terminated(big, "FINISHED", end_time=BASE + 600_000)

    parent = client.create_run(unicode, start_time=BASE + 700_000, run_name=name_next("parent")).info.run_id
    ids["parent"] = parent
    for n in range(3):
        child = client.create_run(unicode, start_time=BASE + 700_000 + n, run_name=name_next(f"child {n}"),
                                  tags={"mlflow.parentRunId": parent, "mlflow.user": "ana"}).info.run_id
        ids[f"child{n}"] = child
        log(client, child, [("acc", n / 3, BASE, n)])

    def data(name, digest, context, schema=None, profile=None):
        return DatasetInput(Dataset(name, digest, "local", json.dumps({"uri": f"/data/{name}.csv"}), schema, profile),
                            [InputTag("mlflow.data.context", context)] if context else [])

    client.log_inputs(parent, [data("iris", "abc123", "training", '{"mlflow_colspec": []}', '{"num_rows": 150}'),
                               data("iris-test", "def456", "validation"), data("raw ü", "fff000", None)])
    client.log_inputs(ids["child0"], [data("iris", "abc123", "training")])
    client.log_inputs(ids["plain1"], [data("wine", "123abc", "training")])

    model = client.create_logged_model(unicode, name=name_next("forest"), source_run_id=parent, model_type="sklearn",
                                       params={"depth": "5", "note": "a\nb"}, tags={"team": "ünit"})
    ids["model"] = model.model_id
    # Logged in one go, as training does: the run's metric and, with the model's id, the model's.
    client.log_batch(parent, metrics=[
        Metric("acc", 0.9, BASE + 1, 0, model_id=model.model_id, dataset_name="iris", dataset_digest="abc123", run_id=parent),
        Metric("rmse", 0.25, BASE + 2, 0, model_id=model.model_id, run_id=parent)])
    client.finalize_logged_model(model.model_id, "READY")
    client.log_outputs(parent, [LoggedModelOutput(model.model_id, 0)])
    client.set_terminated(parent, "FINISHED", end_time=BASE + 900_000)
    pending = client.create_logged_model(unicode, name=name_next("pending"), source_run_id=parent)
    ids["pending"] = pending.model_id
    artifacts = Path(client.get_run(parent).info.artifact_uri.removeprefix("file://"))
    (artifacts / "plots").mkdir(parents=True, exist_ok=True)
    (artifacts / "notes.txt").write_text("hello ünïcode\n", encoding="utf-8")
    (artifacts / "plots" / "loss.csv").write_text("step,loss\n0,1\n1,0.5\n", encoding="utf-8")

    lost = client.create_run(gone, start_time=BASE + 1, run_name=name_next("lost")).info.run_id
    ids["lost"] = lost
    log(client, lost, [("acc", 0.3, BASE, 0)])
    client.delete_experiment(gone)
    return {"runs": ids, "experiments": {"plain": plain, "unicode": unicode, "gone": gone}}


FILTERS = [
    "metrics.acc > 0.5", "metrics.acc >= 0.9", "metrics.acc = 0.9", "metrics.acc != 0.9", "metrics.acc < 0.5", "metric.acc <= 0.5",
    "metrics.acc > -1e300", "metrics.acc < 1e300", "metrics.`val/acc top-5` > 0.2", 'metrics."val/acc top-5" <= 0.2', "metrics.a.b < -4",
    "metrics.missing > 0", "metrics.acc > 0.5 AND metrics.loss < 0.2", "metrics.acc > .5 and params.optimizer = 'adam'",
    "params.optimizer = 'adam'", 'params.optimizer = "adam"', "param.optimizer != 'adam'", "parameters.optimizer LIKE 'a%'",
    "params.optimizer LIKE 'A%'", "params.optimizer ilike 'A%'", "params.optimizer LIKE '_d%'", "params.optimizer LIKE '%a%m%'",
    "params.`opt/lr schedule` LIKE 'step_1'", "params.`opt/lr schedule` IS NULL", "params.`opt/lr schedule` is not null",
    "params.`of: 100` = '50%_done'", "params.`of: 100` LIKE '50\\%%'", "params.lr = '1.0'", "params.long LIKE 'xxx%'",
    "tags.owner = '日本'", "tags.owner LIKE 'Å%'", "tags.owner ILIKE 'BEN'", "tag.note = \"it's 'quoted'\"", "tags.note IS NOT NULL",
    "tags.`mlflow.note.content` LIKE '%Title%'", "tags.note IS NULL AND tags.owner != 'ana'", "tags.mlflow.runName = 'parent'",
    "attributes.status = 'FINISHED'", "status != 'FINISHED'", "attr.status LIKE '%ING'", "run.status ILIKE 'fin%'",
    "attributes.start_time > 1700000010000", "start_time <= 1700000003000.5", "created = 1700000001000", "end_time >= 1700000070000",
    "end_time != 0", "attributes.run_name LIKE 'run 0%'", "run_name = 'grand \U0001f680 run'", "`Run name` ILIKE 'CHILD%'",
    "attributes.`run name` != 'run 01'", "user_id = 'nobody'", "artifact_uri LIKE '%artifacts'",
    "run_id = '{plain3}'", "attributes.run_id IN ('{plain3}', '{plain4}', \"{big}\")", "run_id NOT IN ('{plain3}',) AND metrics.acc > 0.6",
    "datasets.name = 'iris'", "dataset.name LIKE 'iris%' AND dataset.context = 'validation'", "dataset.digest IN ('abc123', '123abc')",
    "dataset.name NOT IN ('iris')", "dataset.context != 'training'", "dataset.name ILIKE 'WINE'",
    "tags.`mlflow.parentRunId` = '{parent}'",
]
ORDERS = [
    ["metrics.acc"], ["metrics.acc DESC"], ["metrics.`val/acc top-5` desc"], ["metrics.a.b ASC", "metrics.loss DESC"],
    ["params.optimizer"], ["params.optimizer DESC", "metrics.acc DESC"], ["params.`opt/lr schedule` DESC"], ["tags.owner"],
    ["tags.owner DESC"], ["tags.`mlflow.note.content`"], ["start_time"], ["attributes.start_time DESC"], ["created ASC", "run_id DESC"],
    ["end_time"], ["end_time DESC"], ["status", "metrics.acc"], ["run_name"], ["attributes.run_name DESC"], ["run_id"],
    ["artifact_uri"], ["metrics.missing", "status DESC"],
]
REFUSED = [
    "metrics.acc == 1", "metrics.acc > 'x'", "params.x = 5", "foo = 'x'", "foo.bar = 'x'", "metrics.a/b > 1", "params.x > 'a'",
    "status IN ('FINISHED')", "metrics.acc IS NULL", "a OR b", "(metrics.acc > 1)", "metrics.acc > 1 OR metrics.acc < 0", "run_id IN ()",
    "run_id IN (1)", "params.x NOT LIKE 'a'", "dataset.source = 'x'", "METRICS.acc > 1", "tags.x = 'a", "metrics.acc > 1;", "start_time > '1'",
]


def number(value):
    return value if math.isfinite(value) else "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def run_json(run):
    metrics = {m.key: {"value": number(m.value), "step": str(m.step), "timestamp": m.timestamp} for m in run.data._metric_objs}
    info = run.info
    return {"id": info.run_id, "name": info.run_name, "experimentId": info.experiment_id, "status": info.status,
            "startTime": info.start_time, "endTime": info.end_time, "lifecycleStage": info.lifecycle_stage, "userId": info.user_id,
            "artifactUri": info.artifact_uri, "params": run.data.params, "metrics": metrics, "tags": run.data.tags}


def dataset_json(entry):
    context = next((t.value for t in entry.tags if t.key == "mlflow.data.context"), None)
    d = entry.dataset
    return {"name": d.name, "digest": d.digest, "sourceType": d.source_type, "source": d.source, "schema": d.schema,
            "profile": d.profile, "context": context}


def model_json(model):
    return {"id": model.model_id, "name": model.name, "status": str(model.status), "modelType": model.model_type,
            "artifactUri": model.artifact_location, "createdAt": model.creation_timestamp, "params": model.params, "tags": model.tags,
            "metrics": sorted(({"key": m.key, "value": number(m.value), "dataset": m.dataset_name} for m in model.metrics or []),
                              key=lambda m: m["key"])}


VIEWS = {"active": ViewType.ACTIVE_ONLY, "deleted": ViewType.DELETED_ONLY, "all": ViewType.ALL}


def search(client, experiments, filter_string="", order_by=(), view="active", limit=1000):
    """One search with all its pages, as a question and the ids that MLflow answers."""
    case = {"experimentIds": experiments, "filter": filter_string, "orderBy": list(order_by), "view": view, "limit": limit}
    pages, token = [], None
    while True:
        page = client.search_runs(experiments, filter_string, VIEWS[view], limit, list(order_by), token)
        pages.append([run.info.run_id for run in page])
        token = page.token
        if not token:
            return {**case, "pages": pages}


def ask(client, made):
    every = [e.experiment_id for e in client.search_experiments(ViewType.ALL)]
    ids = made["runs"]
    searches = [search(client, every, f.format(**ids)) for f in FILTERS]
    searches += [search(client, every, "", order) for order in ORDERS]
    searches += [search(client, every, "metrics.acc > 0", order, "all") for order in ORDERS[:6]]
    searches += [search(client, every, "", (), view) for view in VIEWS]
    searches += [search(client, [made["experiments"]["plain"]], "", ["metrics.acc DESC"], "active", limit) for limit in (1, 5, 32, 33)]
    searches += [search(client, [made["experiments"]["plain"]], "metrics.acc > 0", ["params.optimizer"], "all", 4)]
    searches += [search(client, [made["experiments"]["gone"]], "", (), view) for view in VIEWS]
    refused = []
    for text in REFUSED:
        try:
            client.search_runs(every, text)
        except Exception:
            refused.append(text)
    assert refused == REFUSED, set(REFUSED) - set(refused)
    runs = [run_json(client.get_run(run_id)) for key, run_id in ids.items() if key not in ("model", "pending")]
    keys = ["wide steps", "unsorted", "curve", "all nan"]
    histories = [{"runId": ids["big"], "key": key,
                  "points": [{"step": str(m.step), "timestamp": m.timestamp, "value": number(m.value)}
                             for m in client.get_metric_history(ids["big"], key)]} for key in keys]
    experiments = {}
    for view, kind in VIEWS.items():
        experiments[view] = [{"id": e.experiment_id, "name": e.name, "lifecycleStage": e.lifecycle_stage,
                              "artifactLocation": e.artifact_location,
                              "runs": len(client.search_runs([e.experiment_id], "", ViewType.ACTIVE_ONLY, 1000))}
                             for e in client.search_experiments(kind)]
    datasets = {ids[k]: [dataset_json(d) for d in client.get_run(ids[k]).inputs.dataset_inputs]
                for k in ("parent", "child0", "child1", "plain1")}
    models = {ids[k]: [model_json(m) for m in client.search_logged_models(
        [made["experiments"]["unicode"]], f"source_run_id = '{ids[k]}'")] for k in ("parent", "child0")}
    return {"made": made, "searches": searches, "refused": refused, "runs": runs, "histories": histories,
            "experiments": experiments, "datasets": datasets, "models": models}


def main(out):
    for name, uri in (("sqlite", f"sqlite:///{out}/sqlite/mlflow.db"), ("file", (out / "file" / "mlruns").as_uri())):
        folder = out / name
        folder.mkdir(parents=True)
        os.chdir(folder)
        name_next("Default")
        client = MlflowClient(tracking_uri=uri)
        (out / f"{name}.json").write_text(json.dumps(ask(client, make(client)), ensure_ascii=False, indent=1), encoding="utf-8")


main(Path(sys.argv[1]).absolute())
