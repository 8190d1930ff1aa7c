#!/usr/bin/env python3
"""Verifies the forensic bundle that this file came with.

    python3 verify.py [FOLDER] [--public-key KEY] [--head FILE] [--json]

It needs Python 3.8 or newer and the package 'cryptography', nothing of the program that wrote the bundle, and no network.
FOLDER is where this file is, unless it is given. KEY is the vault's root public key in Base64, as you know it from elsewhere: without it nothing
says whose vault this is. FILE is a signed head that you kept: without one, a log that was cut off and signed again does not show.
Exit code 0: everything holds. 1: something does not. 2: it could not be checked.
"""
import argparse
import base64
import hashlib
import json
import os
import re
import sys

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key
except ImportError:
    print("This needs the package 'cryptography': pip install cryptography, or Debian's python3-cryptography.", file=sys.stderr)
    sys.exit(2)

# More digits are no number in the formats.
MAX_DIGITS = 4300
HEX64 = re.compile(r"[0-9a-f]{64}\Z")
EVENT_ID = re.compile(r"evt_[0-9a-f]{24}\Z")
ZEROS = "0" * 64

# The list itself, and the two verifiers, which are no evidence.
NOT_LISTED = {"hashes.json", "verify.html", "verify.py"}


class Malformed(Exception):
    """Text that is not JSON as the formats allow it."""


def object_of(pairs):
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Malformed("duplicate member")
    return members


def refuse(constant):
    raise Malformed(constant)


def integer(text):
    if len(text.lstrip("-")) > MAX_DIGITS:
        raise Malformed("an integer of more than %d digits" % MAX_DIGITS)
    return int(text)


def parse(text):
    """JSON without duplicate members, halves of surrogate pairs, NaN and infinity."""
    try:
        value = json.loads(text.decode("utf-8") if isinstance(text, bytes) else text, object_pairs_hook=object_of,
                           parse_constant=refuse, parse_int=integer)
        canonical(value)
        return value
    except (ValueError, RecursionError, Malformed) as failure:
        raise Malformed(str(failure)) from failure


def canonical(value):
    """Canonical JSON: keys by code point, integers and floats kept apart, floats as Python writes them. ValueError where there is none."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode("utf-8")


def without(event, *names):
    return canonical({name: value for name, value in event.items() if name not in names})


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def text_of(value):
    return value if isinstance(value, str) else None


def payload_of(event):
    return event["payload"] if isinstance(event.get("payload"), dict) else {}


# Points of small order and second spellings of a point: a signature by such a key says nothing (RFC 8032, 5.1.3; libsodium's list).
P = 2**255 - 19
SMALL_ORDER = {0, 1, P - 1, 2707385501144840649318225287225658788936804267575313519463743609750303402022,
               55188659117513257062467267217118295137698188065244968500265048394206261417927}


class Key:
    def __init__(self, raw):
        y = int.from_bytes(raw, "little") & (2**255 - 1)
        if len(raw) != 32 or y >= P or y in SMALL_ORDER:
            raise ValueError("no sound Ed25519 key")
        self.raw = bytes(raw)
        self.id = "bp1_" + sha256(raw)[:16]
        self.key = Ed25519PublicKey.from_public_bytes(self.raw)

    def signed(self, message, signature):
        try:
            self.key.verify(signature, message)
            return True
        except InvalidSignature:
            return False

    def signed_base64(self, message, text):
        raw = strict_base64(text, 64)
        return raw is not None and self.signed(message, raw)


def strict_base64(text, length):
    """Base64 in its one spelling, or None."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (ValueError, TypeError):
        return None
    return raw if len(raw) == length and base64.b64encode(raw).decode() == text else None


class Tree:
    """The Merkle tree of RFC 6962 over the entries' hashes, as 64 hexadecimal digits each; only its right edge is kept."""

    def __init__(self):
        self.edge, self.count = [], 0

    def append(self, entry_hash):
        node = hashlib.sha256(b"\0" + entry_hash.encode("ascii")).digest()
        rest = self.count
        while rest & 1:
            node = hashlib.sha256(b"\1" + self.edge.pop() + node).digest()
            rest >>= 1
        self.edge.append(node)
        self.count += 1

    def root(self):
        if not self.edge:
            return sha256(b"")
        node = self.edge[-1]
        for left in reversed(self.edge[:-1]):
            node = hashlib.sha256(b"\1" + left + node).digest()
        return node.hex()


class Check:
    """One verification: what it read, and what it found."""

    def __init__(self, folder):
        self.folder, self.problems, self.keys, self.roots = folder, [], {}, {}
        self.count, self.head, self.tree, self.root_key = 0, ZEROS, Tree(), None
        self.wanted = set()

    def add(self, rule, reason, position=None):
        self.problems.append({"rule": rule, "position": position, "reason": reason})

    def path(self, name):
        return os.path.join(self.folder, *name.split("/"))

    def has(self, name):
        return os.path.isfile(self.path(name))

    def read(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def document(self, name, rule):
        """A JSON object of the bundle, or an empty one."""
        try:
            value = parse(self.read(name))
            if isinstance(value, dict):
                return value
            self.add(rule, name + " is not a JSON object.")
        except OSError:
            self.add(rule, name + " is missing.")
        except Malformed as failure:
            self.add(rule, "%s is not JSON that can be used: %s." % (name, failure))
        return {}

    def lines(self, name):
        """The lines of a log. A last line without its end was cut."""
        with open(self.path(name), "rb") as file:
            for position, line in enumerate(file):
                if not line.endswith(b"\n"):
                    self.add("log.torn", "The last line of %s has no end: it was cut." % name, position)
                yield position, line.rstrip(b"\n")

    # The bundle's files.

    def check_files(self):
        listed = self.document("hashes.json", "bundle.form").get("files")
        if not isinstance(listed, dict):
            self.add("bundle.form", "hashes.json has no list of files.")
            return
        for name, entry in listed.items():
            parts = name.replace("\\", "/").split("/")
            if name.startswith("/") or ".." in parts or not self.has(name):
                self.add("bundle.missing", "%s is in hashes.json and is missing." % name)
                continue
            digest, size = hashlib.sha256(), 0
            with open(self.path(name), "rb") as file:
                for block in iter(lambda: file.read(1 << 20), b""):
                    digest.update(block)
                    size += len(block)
            if not isinstance(entry, dict) or entry.get("sha256") != digest.hexdigest() or entry.get("size") != size:
                self.add("bundle.hash", "%s is not the file whose hash hashes.json has." % name)
        for folder, _, names in os.walk(self.folder):
            for name in names:
                path = os.path.relpath(os.path.join(folder, name), self.folder).replace(os.sep, "/")
                if path not in NOT_LISTED and path not in listed and not path.startswith("__pycache__/"):
                    self.add("bundle.unlisted", "%s is not in hashes.json." % path)

    # Heads.

    def want_root_at(self, count):
        if type(count) is int:
            self.wanted.add(count)

    def entry(self, entry_hash):
        self.tree.append(entry_hash if HEX64.match(entry_hash) else ZEROS)
        self.count, self.head = self.count + 1, entry_hash
        if self.count in self.wanted:
            self.roots[self.count] = (self.tree.root(), self.head)

    def check_head(self, head, name, vault_format):
        key = self.keys.get(text_of(head.get("key_id")))
        if key is None or not key.signed_base64(without(head, "sig"), text_of(head.get("sig"))):
            self.add("head.signature", "%s is not signed by a key of the vault." % name)
        elif head.get("format") != vault_format:
            self.add("head.format", "%s is of another vault." % name)
        elif type(head.get("count")) is not int or head["count"] > self.count:
            self.add("head.truncated", "The log was cut: it holds %d events, and %s was signed at %s." % (self.count, name, head.get("count")))
        elif (head.get("root"), head.get("head")) != self.roots.get(head["count"], (Tree().root(), ZEROS)):
            self.add("head.rewritten", "The log was rewritten: its first %d events are not those that were signed." % head["count"])

    def check_custody(self):
        custody = self.document("chain_of_custody.json", "bundle.custody")
        if custody.get("event_count") != self.count or custody.get("head") != self.head \
                or custody.get("event_tree_root") not in (None, self.tree.root()):
            self.add("bundle.custody", "chain_of_custody.json tells of %s events with another head than this log of %d."
                     % (custody.get("event_count"), self.count))


class Backpack(Check):
    format = "backpack"

    def run(self, trusted):
        genesis = self.document("identity/genesis.json", "layout.genesis")
        self.root_key = text_of(genesis.get("root_key_id"))
        self.read_registry()
        self.events, self.authors, self.redactions, self.tombstones = {}, {}, {}, []
        self.ends, self.links, self.key_events, self.sealed = {}, [], [], None
        self.index_key_events()
        for position, line in self.lines("events/events.ndjson"):
            self.check_event(position, line, genesis)
        if self.count == 0:
            self.add("events.none", "The log has no events.")
        self.check_links()
        self.check_tombstones()
        self.check_rotations()
        self.check_registry(trusted)
        self.check_manifest()

    def read_registry(self):
        self.entries = {}
        for entry in self.document("identity/keys.json", "keys.registry").get("keys") or []:
            if not isinstance(entry, dict) or not isinstance(entry.get("key_id"), str):
                self.add("keys.entry", "identity/keys.json has an entry that is no key.")
                continue
            name = entry["key_id"]
            self.entries.setdefault(name, entry)
            try:
                key = Key(strict_base64(entry.get("public_key_b64"), 32) or b"")
                if key.id != name:
                    self.add("keys.entry", "The id of the key %s is not that of its bytes: it was exchanged." % name)
                else:
                    self.keys.setdefault(name, key)
            except ValueError:
                self.add("keys.entry", "The key %s is no Ed25519 public key." % name)

    def index_key_events(self):
        """Where keys were promoted and revoked: a key counts from its promotion on, a revoked one up to the event its revocation names."""
        named, events = {}, {}
        for entry in self.entries.values():
            for member in ("promotion_event_id", "revocation_event_id"):
                if isinstance(entry.get(member), str):
                    named[entry[member]] = True
        wanted = set(named)
        for _ in range(2 if wanted else 0):
            for position, line in enumerate(open(self.path("events/events.ndjson"), "rb")):
                try:
                    event = parse(line)
                except Malformed:
                    continue
                if isinstance(event, dict) and event.get("event_id") in wanted:
                    events.setdefault(event["event_id"], (position, event))
            for _, event in list(events.values()):
                boundary = payload_of(event).get("trust_boundary_event_id")
                if isinstance(boundary, str):
                    wanted.add(boundary)
        self.spans = {name: (self.valid_from(name, entry, events), self.valid_until(name, entry, events)) for name, entry in self.entries.items()}

    @staticmethod
    def valid_from(name, entry, events):
        if not isinstance(entry.get("promotion_event_id"), str):
            return 0
        position, event = events.get(entry["promotion_event_id"], (None, {}))
        said = event.get("type") == "KEY_PROMOTION" and payload_of(event).get("new_key_id") == name
        return position + 1 if said else float("inf")

    @staticmethod
    def valid_until(name, entry, events):
        if entry.get("status") == "active" and not isinstance(entry.get("revocation_event_id"), str):
            return float("inf")
        position, event = events.get(entry.get("revocation_event_id"), (None, {}))
        payload = payload_of(event)
        if event.get("type") != "KEY_REVOCATION" or payload.get("revoked_key_id") != name:
            return -1
        boundary = payload.get("trust_boundary_event_id")
        if not isinstance(boundary, str):
            return position
        return min(events[boundary][0], position) if boundary in events else -1

    def check_event(self, position, line, genesis):
        try:
            event = parse(line)
            if not isinstance(event, dict):
                raise Malformed("no object")
        except Malformed as failure:
            self.entry(sha256(b""))
            self.add("events.json", "The line is not a JSON object that can be used: %s." % failure, position)
            return
        name, signature = text_of(event.get("event_id")), text_of(event.get("sig"))
        self.entry(sha256(((name or "") + (signature or "")).encode("utf-8")))
        if canonical(event) != line:
            self.add("events.canonical", "The line is not in canonical form.", position)
        if "schema_version" in event:
            self.add("events.sovereign", "It is an event of another schema, whose signature is not checked here.", position)
            return
        payload = event.get("payload")
        for member in ("event_id", "type", "actor", "actor_key_id", "timestamp_utc"):
            if text_of(event.get(member)) is None:
                self.add("events.fields", "The event lacks %s, or it is not a string." % member, position)
        if not isinstance(payload, dict):
            self.add("events.fields", "The event lacks a payload that is an object.", position)
            payload = {}
        tombstone = payload.get("redacted") is True
        self.check_id(position, event, name, tombstone)
        signed = self.check_signature(position, event, signature, tombstone)
        self.link(position, event, name)
        self.take(position, event, payload, name, tombstone, signed, genesis)

    def check_id(self, position, event, name, tombstone):
        if name is None:
            return
        if not EVENT_ID.match(name):
            self.add("events.id_form", "The id is not evt_ and 24 hexadecimal digits: it is no hash of the content.", position)
        elif not tombstone and name[4:] not in (
                sha256(without(event, "event_id", "sig"))[:24], sha256(without(event, "event_id", "sig", "actor_key_id"))[:24]):
            self.add("events.id", "The id does not follow from the content: the event was changed after it was written.", position)
        if name in self.authors:
            self.add("events.duplicate", "Another event has the same id.", position)

    def check_signature(self, position, event, signature, tombstone):
        signer = text_of(event.get("actor_key_id"))
        if signature is None:
            self.add("signatures.missing", "The event is not signed.", position)
            return False
        key = self.keys.get(signer)
        if key is None:
            self.add("signatures.key", "The signing key %s is not one of the vault's." % signer, position)
            return False
        # What a tombstone's signature was over is gone; its redaction has to vouch for it.
        if tombstone:
            return False
        if not key.signed_base64(without(event, "sig"), signature):
            self.add("signatures.invalid", "The signature is not that of key %s over the event." % signer, position)
            return False
        start, end = self.spans[signer]
        if position < start:
            self.add("signatures.key_not_yet", "The key %s had not been promoted when it signed this." % signer, position)
        elif position > end:
            self.add("signatures.key_suspect", "The key %s was revoked, and this is behind the event up to which it is trusted." % signer, position)
        return start <= position <= end

    def link(self, position, event, name):
        actor, previous = text_of(event.get("actor")), event.get("prev_event_hash")
        if actor is None or name is None:
            return
        last = self.ends.get(actor)
        if previous != last:
            self.links.append((position, actor, previous, last))
        self.authors.setdefault(name, actor)
        self.ends[actor] = name

    def check_links(self):
        for position, actor, previous, last in self.links:
            if previous is None:
                self.add("chains.link", "%s: it names no event before it, and its actor has one: a second chain starts here." % actor, position)
            elif text_of(previous) not in self.authors:
                self.add("chains.orphan", "%s: it links to an event that is not in the log." % actor, position)
            elif self.authors[previous] != actor:
                self.add("chains.cross_actor", "%s: it links to an event of another actor." % actor, position)
            elif last is None:
                self.add("chains.first", "%s: it is its actor's first event and links to a later one." % actor, position)
            else:
                self.add("chains.link", "%s: it does not link to its actor's event before it: one was moved, put in, or taken out." % actor, position)

    def take(self, position, event, payload, name, tombstone, signed, genesis):
        kind, signer = event.get("type"), text_of(event.get("actor_key_id"))
        if position == 0:
            if kind != "GENESIS":
                self.add("events.genesis", "The first event is not the vault's GENESIS.", 0)
            elif (payload.get("uid"), payload.get("root_key_id")) != (genesis.get("uid"), genesis.get("root_key_id")) or signer != self.root_key:
                self.add("events.genesis", "The GENESIS event, its signer and identity/genesis.json do not name one vault and root key.", 0)
        if self.sealed is not None:
            self.add("seal.closed", "The vault was sealed at position %d; nothing may follow." % self.sealed, position)
        if tombstone:
            self.tombstones.append((position, name, payload.get("redaction_event_id")))
        elif kind == "com.provara.redaction":
            target = payload.get("target_event_id")
            # The first signed one counts: an unsigned one that somebody put in before it must not hide it.
            if isinstance(target, str) and (target not in self.redactions or (signed and not self.redactions[target][1])):
                self.redactions[target] = (name, signed)
        elif kind in ("KEY_REVOCATION", "KEY_PROMOTION"):
            self.key_events.append((position, kind, signer, payload, name))
        elif kind == "com.provara.vault.seal":
            self.sealed = position
            if type(payload.get("final_event_count")) is not int or payload["final_event_count"] != position + 1:
                self.add("seal.count", "The seal says that the vault holds another number of events.", position)

    def check_tombstones(self):
        for position, name, said in self.tombstones:
            redaction, signed = self.redactions.get(name, (None, False))
            if redaction is None:
                self.add("redactions.missing", "The payload says that it was redacted, and no event of the log says so.", position)
            elif not signed:
                self.add("redactions.unsigned", "The payload is hidden by %s, which no key of the vault vouches for." % redaction, position)
            elif redaction != said:
                self.add("redactions.other", "The tombstone names %s, and the redaction is %s." % (said, redaction), position)

    def check_rotations(self):
        revoked = {}
        for position, kind, signer, payload, _ in self.key_events:
            if kind == "KEY_REVOCATION":
                target = text_of(payload.get("revoked_key_id"))
                if signer == target or signer in revoked:
                    self.add("keys.signer", "The revocation is signed by the revoked key itself, or by one that was revoked before.", position)
                boundary = payload.get("trust_boundary_event_id")
                if isinstance(boundary, str) and boundary not in self.authors:
                    self.add("keys.boundary_unknown", "The boundary of trust, %s, is not in the log." % boundary, position)
                if self.entries.get(target, {}).get("status") == "active":
                    self.add("keys.status", "identity/keys.json has %s as active, and this event revokes it." % target, position)
                revoked[target] = position
                continue
            promoted = text_of(payload.get("new_key_id"))
            if signer == promoted:
                self.add("keys.self_signed", "The new key signed its own promotion.", position)
            elif signer in revoked:
                self.add("keys.signer", "The promotion is signed by a key that was revoked before.", position)
            if text_of(payload.get("replaces_key_id")) not in revoked:
                self.add("keys.sequence", "No revocation comes before this promotion.", position)
            key = self.keys.get(promoted)
            if key is None or base64.b64encode(key.raw).decode() != payload.get("new_public_key_b64"):
                self.add("keys.promoted", "identity/keys.json does not have the key %s that this event promotes." % promoted, position)

    def check_registry(self, trusted):
        contract = self.document("policies/sync_contract.json", "policies.sync_contract")
        authorities = {text_of(entry.get("key_id")) for entry in contract.get("authorities") or [] if isinstance(entry, dict)}
        for name, entry in self.entries.items():
            if not (entry.get("promotion_event_id") or name == self.root_key or name in authorities or entry.get("roles") == ["peer"]):
                self.add("keys.unaccounted", "The key %s is neither the root key, nor an authority, nor promoted by an event: somebody put it in." % name)
        if self.root_key not in self.entries:
            self.add("keys.root", "identity/genesis.json names the root key %s, which identity/keys.json does not have." % self.root_key)
        if trusted is not None and trusted.id != self.root_key:
            self.add("keys.trust", "The vault's root key %s is not the one you trust: it is another vault, or its keys were exchanged." % self.root_key)

    def check_manifest(self):
        """The manifest's signature covers the log, the registry and the policies as they were when it was made."""
        if not self.has("manifest/manifest.sig"):
            self.add("manifest.unsigned", "The bundle has no manifest.sig: no key vouches for the vault's files.")
            return
        manifest = self.document("manifest/manifest.json", "manifest.form")
        signature = self.document("manifest/manifest.sig", "manifest.form")
        level = [hashlib.sha256(canonical(entry)).digest() for entry in manifest.get("files") or []]
        while len(level) > 1:
            level += level[-1:] if len(level) % 2 else []
            level = [hashlib.sha256(level[i] + level[i + 1]).digest() for i in range(0, len(level), 2)]
        root = level[0].hex() if level else sha256(b"")
        if self.has("manifest/merkle_root.txt") and self.read("manifest/merkle_root.txt").strip().decode("ascii", "replace") != root:
            self.add("manifest.root", "merkle_root.txt is not the root of the files that manifest.json lists.")
        key = self.keys.get(text_of(signature.get("key_id")))
        said = {name: signature.get(name) for name in ("key_id", "merkle_root", "signed_at_utc", "spec_version")}
        if signature.get("merkle_root") != root:
            self.add("manifest.signature_stale", "manifest.sig is for another manifest than this one.")
        elif key is None or not key.signed_base64(canonical(said), text_of(signature.get("sig"))):
            self.add("manifest.signature", "manifest.sig is not signed by a key of the vault.")
        elif key.id not in self.root_signers():
            self.add("manifest.signer", "manifest.sig is signed by %s, which is no root key." % key.id)
        for entry in manifest.get("files") or []:
            self.check_listed(entry if isinstance(entry, dict) else {})

    def root_signers(self):
        """The root keys, and those that promoted one of them."""
        roots = {name for name, entry in self.entries.items() if "root" in (entry.get("roles") or []) and entry.get("status") == "active"}
        return roots | {signer for _, kind, signer, payload, _ in self.key_events
                        if kind == "KEY_PROMOTION" and text_of(payload.get("new_key_id")) in roots}

    def check_listed(self, entry):
        name, size = entry.get("path"), entry.get("size")
        if not isinstance(name, str) or not isinstance(size, int) or ".." in name.split("/") or not self.has(name):
            return
        content = self.read(name)
        # The log may have grown since the manifest was made.
        part = content[:size] if name == "events/events.ndjson" else content
        if len(content) < size or sha256(part) != entry.get("sha256"):
            self.add("manifest.hash", "%s is not the file that the signed manifest lists: it was changed, or cut." % name)


class Psmc(Check):
    format = "psmc"

    def run(self, trusted):
        self.read_keys()
        metadata = self.document("psmc.json", "metadata.file")
        if metadata.get("key_fingerprint") != self.root_key:
            self.add("metadata.key", "psmc.json names another key than the active one.")
        ids, previous, signer = set(), ZEROS, None
        chain = self.lines("chain/chain.ndjson") if self.has("chain/chain.ndjson") else iter(())
        for position, line in self.lines("events/events.ndjson"):
            link = next(chain, None)
            if link is None:
                self.add("log.count", "The chain is shorter than the log.", position)
            previous, signer = self.check_entry(position, line, link[1] if link else b"{}", previous, signer, ids)
        if next(chain, None) is not None:
            self.add("log.count", "The chain is longer than the log: events were cut off.", self.count)
        if signer is not None and signer != self.root_key:
            self.add("key.active", "The last event is signed by %s; the active key is %s." % (signer, self.root_key))
        if trusted is not None and trusted.id not in self.keys:
            self.add("key.trust", "The key that you trust is not one of the vault's: it is another vault, or its keys were exchanged.")

    def read_keys(self):
        names = ["keys/active.pub.pem"]
        retired = self.path("keys/retired")
        if os.path.isdir(retired):
            names += ["keys/retired/" + name for name in sorted(os.listdir(retired)) if name.endswith("_public.pub.pem")]
        for name in names:
            try:
                key = Key(load_pem_public_key(self.read(name)).public_bytes(Encoding.Raw, PublicFormat.Raw))
                self.keys[key.id] = key
                self.root_key = self.root_key or key.id
            except (OSError, ValueError, AttributeError) as failure:
                self.add("key.file", "%s holds no Ed25519 public key: %s." % (name, failure))

    def check_entry(self, position, line, chain_line, previous, signer, ids):
        event, link = self.read_line(position, line, "event"), self.read_line(position, chain_line, "chain")
        computed = sha256(without(event, "hash"))
        self.entry(computed)
        for member in ("id", "type", "timestamp", "prev_hash"):
            if text_of(event.get(member)) is None:
                self.add("event.fields", "The event lacks %s, or it is not a string." % member, position)
        if not isinstance(event.get("data"), dict):
            self.add("event.fields", "The event lacks data that is an object.", position)
        name = text_of(event.get("id"))
        if name in ids:
            self.add("event.duplicate_id", "Another event has the same id.", position)
        ids.update([name] if name else [])
        if event.get("hash") != computed:
            self.add("event.hash", "The event's hash is not the hash of its content: it was changed after it was written.", position)
        for rule, entry in (("event", event), ("chain", link)):
            if type(entry.get("seq")) is not int or entry["seq"] != position:
                self.add(rule + ".seq", "The %s's seq is %s, not %d." % (rule, entry.get("seq"), position), position)
            if entry.get("prev_hash") != previous:
                self.add(rule + ".prev_hash", "The %s does not link to the one before it." % rule, position)
        if link.get("hash") != computed:
            self.add("chain.hash", "The chain line names another hash than the event's.", position)
        key = text_of(link.get("key_fp"))
        self.check_signature(position, link, key)
        rotation = self.rotation_of(position, event)
        if signer is not None and key is not None and key != signer and rotation != (signer, key):
            self.add("key.rotation", "The key changes to %s without a rotation event that names both keys." % key, position)
        return text_of(event.get("hash")) or "", key or signer

    def read_line(self, position, line, rule):
        try:
            value = parse(line)
            if not isinstance(value, dict):
                raise Malformed("no object")
        except Malformed as failure:
            self.add(rule + ".json", "The line is not a JSON object that can be used: %s." % failure, position)
            return {}
        if canonical(value) != line:
            self.add(rule + ".canonical", "The line is not in canonical form.", position)
        return value

    def check_signature(self, position, link, name):
        digest, signature = text_of(link.get("hash")), text_of(link.get("sig"))
        if digest is None or name is None or signature is None or not re.match(r"[0-9a-f]{128}\Z", signature):
            self.add("chain.fields", "The chain line lacks one of hash, key_fp and sig, or one is malformed.", position)
        elif name not in self.keys:
            self.add("chain.key", "The signing key %s is not one of the vault's." % name, position)
        elif not self.keys[name].signed(digest.encode("utf-8"), bytes.fromhex(signature)):
            self.add("chain.signature", "The signature is not that of key %s over the event's hash." % name, position)

    def rotation_of(self, position, event):
        """The old and the new key of a rotation, which the old key must endorse."""
        data = event.get("data")
        if event.get("type") != "migration" or not isinstance(data, dict) or data.get("action") != "key_rotation" or "origin" in event:
            return None
        old, new = text_of(data.get("old_key_fingerprint")), text_of(data.get("new_key_fingerprint"))
        endorsement = text_of(data.get("endorsement")) or ""
        key, fresh = self.keys.get(old), self.keys.get(new)
        if not re.match(r"[0-9a-fA-F]{128}\Z", endorsement) or key is None or fresh is None \
                or data.get("new_public_key_b64") != base64.b64encode(fresh.raw).decode() \
                or not key.signed(without(data, "endorsement"), bytes.fromhex(endorsement)):
            self.add("key.endorsement", "The rotation to a new key is not endorsed by the old one.", position)
        return old, new


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("folder", nargs="?", default=os.path.dirname(os.path.abspath(__file__)))
    arguments.add_argument("--public-key", metavar="KEY", help="the vault's public key in Base64, known from elsewhere")
    arguments.add_argument("--head", metavar="FILE", help="a signed head that you kept")
    arguments.add_argument("--json", action="store_true", help="print the result as JSON")
    given = arguments.parse_args()
    try:
        trusted = Key(strict_base64(given.public_key, 32) or b"") if given.public_key else None
    except ValueError:
        print("--public-key is 32 bytes in Base64.", file=sys.stderr)
        return 2
    check = (Psmc if os.path.isfile(os.path.join(given.folder, "psmc.json")) else Backpack)(given.folder)
    heads = []
    try:
        if check.has("head.json"):
            heads.append(("head.json", check.document("head.json", "head.form")))
        if given.head:
            with open(given.head, "rb") as file:
                heads.append((given.head, parse(file.read())))
        for _, head in heads:
            check.want_root_at(head.get("count"))
        check.check_files()
        check.run(trusted)
        for name, head in heads:
            check.check_head(head, name, check.format)
        check.check_custody()
    except (OSError, Malformed, TypeError, AttributeError, KeyError) as failure:
        # What is no vault at all fails in ways that no rule has a name for; it is never valid.
        print("The bundle cannot be read: %s: %s" % (type(failure).__name__, failure), file=sys.stderr)
        return 2
    return tell(check, trusted, heads, given.json)


def tell(check, trusted, heads, as_json):
    valid = not check.problems
    if as_json:
        print(json.dumps({"valid": valid, "format": check.format, "event_count": check.count, "head": check.head, "root": check.tree.root(),
                          "root_key": check.root_key, "problems": check.problems}))
        return 0 if valid else 1
    for problem in check.problems:
        print("  %s %s: %s" % ("vault" if problem["position"] is None else "event %d" % problem["position"], problem["rule"], problem["reason"]))
    print("%s: %s of %d events, event tree root %s" % ("VALID" if valid else "NOT VALID", check.format, check.count, check.tree.root()))
    if trusted is None:
        print("Signed by the key %s. Whether that is the owner's you must know from elsewhere: give it with --public-key." % check.root_key)
    if not heads:
        print("No signed head was given (--head FILE): a log that was cut off and signed again would not show.")
    return 0 if valid else 1


if __name__ == "__main__":
    sys.exit(main())
