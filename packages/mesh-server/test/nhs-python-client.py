"""NHS England's mesh-client against one door of a server: every step's result, as JSON, for the test that runs it.

Takes as JSON: url, cert (a list of file names), ca, sharedKey.
"""

import hashlib
import json
import sys

import mesh_client
from mesh_client import MeshClient, MeshError
from requests.exceptions import HTTPError

given = json.loads(sys.argv[1])
results = {"version": mesh_client.__version__}


def client(mailbox, password="password", **options):
    if "cert" in given:
        options.update(cert=tuple(given["cert"]), verify=given["ca"])
    return MeshClient(
        given["url"], mailbox, password, shared_key=given["sharedKey"].encode(), retry_backoff_factor=0.01, **options
    )


def digest(data):
    return hashlib.sha256(data).hexdigest()


def status_of(work):
    try:
        work()
    except HTTPError as error:
        return error.response.status_code
    return None


large = bytes(range(256)) * 4096 * 3

with client("X26ABC1") as sender, client("X26ABC2") as receiver:
    results["handshake"] = sender.handshake().decode()

    sent = sender.send_message(
        "X26ABC2",
        b"a letter",
        workflow_id="TEST_WORKFLOW",
        subject="Caf\u00e9",
        filename="letter.txt",
        local_id="local 1",
        partner_id="partner",
        checksum="b10a8db164e0754105b7a99be72e3fe5",
        content_type="text/plain",
        encrypted=False,
        compressed=True,
    )
    results["count"] = receiver.count_messages()
    results["listed"] = receiver.list_messages() == [sent]
    results["waiting"] = sender.track_message(sent)["status"]
    with receiver.retrieve_message(sent) as message:
        results["text"] = message.read().decode()
        results["attributes"] = {
            name: getattr(message, name)
            for name in (
                "sender recipient message_type workflow_id subject filename local_id partner_id checksum content_type compressed encrypted"
            ).split()
        }
    results["left"] = receiver.list_messages()
    tracked = sender.track_message(sent)
    results["tracked"] = {name: tracked[name] for name in ("status", "local_id", "recipient", "workflow_id")}

    chunked = sender.send_message("X26ABC2", large, workflow_id="TEST_WORKFLOW", max_chunk_size=1024 * 1024)
    message = receiver.retrieve_message(chunked)
    results["chunks"] = message.mex_header("total-chunks")
    results["chunked"] = digest(message.read()) == digest(large)
    message.acknowledge()

    packed = sender.send_message("X26ABC2", b"packed " * 1000, workflow_id="TEST_WORKFLOW", compress=True)
    with receiver.retrieve_message(packed) as message:
        results["packed"] = message.read() == b"packed " * 1000
    packed = sender.send_message(
        "X26ABC2", large, workflow_id="TEST_WORKFLOW", max_chunk_size=1024 * 1024, compress=True
    )
    with receiver.retrieve_message(packed) as message:
        results["chunksPacked"] = digest(message.read()) == digest(large)

    many = [sender.send_message("X26ABC2", b"one of many", workflow_id="TEST_WORKFLOW") for _ in range(25)]
    other = sender.send_message("X26ABC2", b"another", workflow_id="TEST_WORKFLOW2")
    results["pages"] = list(receiver.iterate_message_ids(batch_size=10)) == [*many, other]
    results["filtered"] = list(receiver.iterate_message_ids(workflow_filter="*FLOW2*", batch_size=10)) == [other]
    for message in receiver.iterate_all_messages():
        with message:
            message.read()
    results["emptied"] = receiver.count_messages()

    results["lookup"] = [each["mailbox_id"] for each in sender.lookup_endpoint("X26", "TEST_WORKFLOW2")["results"]]
    try:
        sender.send_message("NOBODY", b"x", workflow_id="TEST_WORKFLOW")
    except MeshError as error:
        results["refused"] = error.args[0]
    results["unknown"] = status_of(lambda: receiver.retrieve_message("20260101000000000000_ABCDEF"))
    results["anothers"] = status_of(lambda: sender.retrieve_message(sent))

with client("X26ABC1", password="wrong", max_retries=0) as stranger:
    results["wrongPassword"] = status_of(stranger.handshake)

print(json.dumps(results))
