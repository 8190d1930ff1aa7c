// Verifies a forensic bundle with Web Crypto alone: no network, nothing of the program that wrote it. The rules and their names are those of verify.py.
"use strict";

const utf8 = new TextEncoder();
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
// The list itself, and the two verifiers, which are no evidence.
const NOT_LISTED = new Set(["hashes.json", "verify.html", "verify.py"]);
const ZEROS = "0".repeat(64);
const hexOf = bytes => Array.from(bytes, b => b.toString(16).padStart(2, "0")).join("");
const digest = async data => new Uint8Array(await crypto.subtle.digest("SHA-256", typeof data === "string" ? utf8.encode(data) : data));
const sha256 = async data => hexOf(await digest(data));
const isObject = value => value instanceof Map;
const textOf = value => typeof value === "string" ? value : null;
const get = (object, name) => isObject(object) && object.has(name) ? object.get(name) : null;
const listOf = value => Array.isArray(value) ? value : [];

class Malformed extends Error { }

// A number keeps whether it was written as an integer: 1 and 1.0 are different in canonical JSON.
class Numeral {
  constructor(text) {
    this.isInteger = !/[.eE]/.test(text);
    if (this.isInteger && text.replace("-", "").length > 4300) throw new Malformed("an integer of more than 4300 digits");
    this.text = this.isInteger ? (text === "-0" ? "0" : text) : Numeral.float(Number(text));
  }

  // Floats are written as Python writes them: the shortest digits, fixed from 1e-4 up to 1e16, and two digits of exponent at least elsewhere.
  static float(value) {
    if (!Number.isFinite(value)) throw new Malformed("a number that is too large");
    const sign = value < 0 || Object.is(value, -0) ? "-" : "";
    const [mantissa, power] = Math.abs(value).toExponential().split("e");
    const digits = mantissa.replace(".", "");
    const exponent = Number(power);
    if (exponent < -4 || exponent >= 16) {
      const rest = digits.length > 1 ? "." + digits.slice(1) : "";
      return sign + digits[0] + rest + "e" + (exponent < 0 ? "-" : "+") + String(Math.abs(exponent)).padStart(2, "0");
    }
    if (exponent < 0) return sign + "0." + "0".repeat(-exponent - 1) + digits;
    if (digits.length <= exponent + 1) return sign + digits.padEnd(exponent + 1, "0") + ".0";
    return sign + digits.slice(0, exponent + 1) + "." + digits.slice(exponent + 1);
  }

  is(number) {
    return this.isInteger && this.text === String(number);
  }
}

// JSON without duplicate members, halves of surrogate pairs, and anything behind its end. Objects are maps, so that no name is special.
class Reader {
  constructor(bytes) {
    try {
      this.text = typeof bytes === "string" ? bytes : strict.decode(bytes);
    } catch {
      throw new Malformed("not UTF-8");
    }
    this.at = 0;
  }

  static parse(bytes) {
    const reader = new Reader(bytes);
    const value = reader.value(0);
    reader.space();
    if (reader.at < reader.text.length) throw new Malformed("text behind the end");
    return value;
  }

  space() {
    while (" \t\n\r".includes(this.text[this.at] || "x")) this.at++;
  }

  take(word) {
    if (!this.text.startsWith(word, this.at)) throw new Malformed("at character " + this.at);
    this.at += word.length;
  }

  value(depth) {
    if (depth > 900) throw new Malformed("nested too deep");
    this.space();
    switch (this.text[this.at]) {
      case "{": return this.object(depth);
      case "[": return this.array(depth);
      case "\"": return this.string();
      case "t": this.take("true"); return true;
      case "f": this.take("false"); return false;
      case "n": this.take("null"); return null;
      default: return this.number();
    }
  }

  number() {
    const pattern = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text);
    if (!match) throw new Malformed("at character " + this.at);
    this.at += match[0].length;
    return new Numeral(match[0]);
  }

  string() {
    let end = this.at + 1;
    while (this.text[end] !== "\"") {
      if (end >= this.text.length) throw new Malformed("a text without an end");
      if (this.text.charCodeAt(end) < 0x20) throw new Malformed("a control character in a text");
      end += this.text[end] === "\\" ? 2 : 1;
    }
    let value;
    try {
      value = JSON.parse(this.text.slice(this.at, end + 1));
    } catch {
      throw new Malformed("at character " + this.at);
    }
    if (!isWellFormed(value)) throw new Malformed("half of a surrogate pair");
    this.at = end + 1;
    return value;
  }

  array(depth) {
    const items = [];
    this.at++;
    this.space();
    if (this.text[this.at] === "]") { this.at++; return items; }
    for (; ;) {
      items.push(this.value(depth + 1));
      this.space();
      if (this.text[this.at] === "]") { this.at++; return items; }
      this.take(",");
    }
  }

  object(depth) {
    const members = new Map();
    this.at++;
    this.space();
    if (this.text[this.at] === "}") { this.at++; return members; }
    for (; ;) {
      this.space();
      if (this.text[this.at] !== "\"") throw new Malformed("at character " + this.at);
      const name = this.string();
      if (members.has(name)) throw new Malformed("duplicate member");
      this.space();
      this.take(":");
      members.set(name, this.value(depth + 1));
      this.space();
      if (this.text[this.at] === "}") { this.at++; return members; }
      this.take(",");
    }
  }
}

function isWellFormed(text) {
  return !/[\ud800-\udbff](?![\udc00-\udfff])|(?:[^\ud800-\udbff]|^)[\udc00-\udfff]/.test(text);
}

// By code point, not by UTF-16 code unit: a character beyond U+FFFF comes behind U+FFFF, though its first unit is a surrogate.
function byCodePoint(a, b) {
  for (let i = 0; i < a.length && i < b.length; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (x === y) continue;
    const isHigh = unit => unit >= 0xd800 && unit <= 0xdfff;
    return isHigh(x) === isHigh(y) ? x - y : isHigh(x) ? 1 : -1;
  }
  return a.length - b.length;
}

const escapes = { "\"": "\\\"", "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r" };
const quote = text => "\"" + text.replace(/["\\\u0000-\u001f]/g, c => escapes[c] || "\\u" + c.charCodeAt(0).toString(16).padStart(4, "0")) + "\"";

function canonical(value) {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string") return quote(value);
  if (value instanceof Numeral) return value.text;
  if (Array.isArray(value)) return "[" + value.map(canonical).join(",") + "]";
  return "{" + [...value.keys()].sort(byCodePoint).map(name => quote(name) + ":" + canonical(value.get(name))).join(",") + "}";
}

const without = (event, ...names) => canonical(new Map([...event].filter(([name]) => !names.includes(name))));

// Base64 in its one spelling, or null.
function strictBase64(text, length) {
  try {
    const raw = atob(text);
    return raw.length === length && btoa(raw) === text ? Uint8Array.from(raw, c => c.charCodeAt(0)) : null;
  } catch {
    return null;
  }
}

const fromHex = text => Uint8Array.from(text.match(/../g), pair => parseInt(pair, 16));
const toBase64 = bytes => btoa(String.fromCharCode(...bytes));

// Points of small order and second spellings of a point: a signature by such a key says nothing.
const P = 2n ** 255n - 19n;
const SMALL_ORDER = new Set([0n, 1n, P - 1n,
  2707385501144840649318225287225658788936804267575313519463743609750303402022n,
  55188659117513257062467267217118295137698188065244968500265048394206261417927n]);

class Key {
  static async from(raw) {
    if (!raw || raw.length !== 32) throw new Malformed("no Ed25519 key");
    const y = BigInt("0x" + hexOf(Uint8Array.from(raw).reverse())) & (2n ** 255n - 1n);
    if (y >= P || SMALL_ORDER.has(y)) throw new Malformed("no sound Ed25519 key");
    const key = new Key();
    key.raw = raw;
    key.id = "bp1_" + (await sha256(raw)).slice(0, 16);
    key.key = await crypto.subtle.importKey("raw", raw, { name: "Ed25519" }, true, ["verify"]);
    return key;
  }

  signed(message, signature) {
    return crypto.subtle.verify({ name: "Ed25519" }, this.key, signature, utf8.encode(message));
  }

  async signedBase64(message, text) {
    const raw = strictBase64(text, 64);
    return raw !== null && await this.signed(message, raw);
  }
}

async function node(prefix, ...parts) {
  const all = new Uint8Array(1 + parts.reduce((sum, part) => sum + part.length, 0));
  all[0] = prefix;
  parts.reduce((at, part) => { all.set(part, at); return at + part.length; }, 1);
  return digest(all);
}

// The Merkle tree of RFC 6962 over the entries' hashes, as 64 hexadecimal digits each; only its right edge is kept.
class Tree {
  edge = [];
  count = 0;

  async append(entryHash) {
    let last = await node(0, utf8.encode(entryHash));
    for (let rest = this.count; rest & 1; rest >>= 1) last = await node(1, this.edge.pop(), last);
    this.edge.push(last);
    this.count++;
  }

  async root() {
    if (this.edge.length === 0) return sha256("");
    let last = this.edge[this.edge.length - 1];
    for (let i = this.edge.length - 2; i >= 0; i--) last = await node(1, this.edge[i], last);
    return hexOf(last);
  }
}

// One verification: what it reads, and what it found. Files are bytes by their names.
class Check {
  problems = [];
  keys = new Map();
  roots = new Map();
  wanted = new Set();
  tree = new Tree();
  count = 0;
  head = ZEROS;
  rootKey = null;

  constructor(files, progress) {
    this.files = files;
    this.progress = progress;
  }

  add(rule, reason, position = null) {
    this.problems.push({ rule, position, reason });
  }

  document(name, rule) {
    try {
      if (!this.files.has(name)) throw new Malformed("it is missing");
      const value = Reader.parse(this.files.get(name));
      if (isObject(value)) return value;
      throw new Malformed("no object");
    } catch (failure) {
      if (!(failure instanceof Malformed)) throw failure;
      this.add(rule, `${name} cannot be used: ${failure.message}.`);
      return new Map();
    }
  }

  // The lines of a log. A last line without its end was cut.
  *lines(name) {
    const bytes = this.files.get(name) || new Uint8Array(0);
    for (let start = 0, position = 0; start < bytes.length; position++) {
      let end = bytes.indexOf(10, start);
      if (end < 0) {
        this.add("log.torn", `The last line of ${name} has no end: it was cut.`, position);
        end = bytes.length;
      }
      yield [position, bytes.subarray(start, end)];
      start = end + 1;
    }
  }

  async checkFiles() {
    const listed = get(this.document("hashes.json", "bundle.form"), "files");
    if (!isObject(listed)) {
      this.add("bundle.form", "hashes.json has no list of files.");
      return;
    }
    for (const [name, entry] of listed) {
      const content = this.files.get(name);
      const size = get(entry, "size");
      if (!content) this.add("bundle.missing", `${name} is in hashes.json and is missing.`);
      else if (get(entry, "sha256") !== await sha256(content) || !(size instanceof Numeral) || !size.is(content.length))
        this.add("bundle.hash", `${name} is not the file whose hash hashes.json has.`);
    }
    for (const name of this.files.keys())
      if (!NOT_LISTED.has(name) && !listed.has(name)) this.add("bundle.unlisted", `${name} is not in hashes.json.`);
  }

  async entry(entryHash) {
    await this.tree.append(/^[0-9a-f]{64}$/.test(entryHash) ? entryHash : ZEROS);
    this.count++;
    this.head = entryHash;
    if (this.wanted.has(String(this.count))) this.roots.set(String(this.count), [await this.tree.root(), this.head]);
    if (this.progress && this.count % 1000 === 0) await this.progress(this.count);
  }

  async checkHead(head, name) {
    const key = this.keys.get(get(head, "key_id"));
    const count = get(head, "count");
    if (!key || !await key.signedBase64(without(head, "sig"), textOf(get(head, "sig"))))
      this.add("head.signature", `${name} is not signed by a key of the vault.`);
    else if (get(head, "format") !== this.format)
      this.add("head.format", `${name} is of another vault.`);
    else if (!(count instanceof Numeral) || !count.isInteger || BigInt(count.text) > BigInt(this.count))
      this.add("head.truncated", `The log was cut: it holds ${this.count} events, and ${name} was signed at ${count && count.text}.`);
    else {
      const [root, last] = this.roots.get(count.text) || [await new Tree().root(), ZEROS];
      if (get(head, "root") !== root || get(head, "head") !== last)
        this.add("head.rewritten", `The log was rewritten: its first ${count.text} events are not those that were signed.`);
    }
  }

  async checkCustody() {
    const custody = this.document("chain_of_custody.json", "bundle.custody");
    const [count, root] = [get(custody, "event_count"), get(custody, "event_tree_root")];
    if (!(count instanceof Numeral) || !count.is(this.count) || get(custody, "head") !== this.head || (root !== null && root !== await this.tree.root()))
      this.add("bundle.custody", "chain_of_custody.json tells of another number of events, or another head, than this log.");
  }
}

class Backpack extends Check {
  format = "backpack";
  entries = new Map();
  authors = new Map();
  redactions = new Map();
  tombstones = [];
  ends = new Map();
  links = [];
  keyEvents = [];
  sealed = null;

  async run(trusted) {
    const genesis = this.document("identity/genesis.json", "layout.genesis");
    this.rootKey = textOf(get(genesis, "root_key_id"));
    await this.readRegistry();
    this.indexKeyEvents();
    for (const [position, line] of this.lines("events/events.ndjson")) await this.checkEvent(position, line, genesis);
    if (this.count === 0) this.add("events.none", "The log has no events.");
    this.checkLinks();
    this.checkTombstones();
    this.checkRotations();
    this.checkRegistry(trusted);
    await this.checkManifest();
  }

  async readRegistry() {
    for (const entry of listOf(get(this.document("identity/keys.json", "keys.registry"), "keys"))) {
      const name = textOf(get(entry, "key_id"));
      if (name === null) {
        this.add("keys.entry", "identity/keys.json has an entry that is no key.");
        continue;
      }
      if (!this.entries.has(name)) this.entries.set(name, entry);
      try {
        const key = await Key.from(strictBase64(textOf(get(entry, "public_key_b64")), 32));
        if (key.id !== name) this.add("keys.entry", `The id of the key ${name} is not that of its bytes: it was exchanged.`);
        else if (!this.keys.has(name)) this.keys.set(name, key);
      } catch (failure) {
        if (!(failure instanceof Malformed)) throw failure;
        this.add("keys.entry", `The key ${name} is no Ed25519 public key.`);
      }
    }
  }

  // Where keys were promoted and revoked: a key counts from its promotion on, a revoked one up to the event that its revocation names.
  indexKeyEvents() {
    const wanted = new Set();
    const events = new Map();
    for (const entry of this.entries.values())
      for (const member of ["promotion_event_id", "revocation_event_id"])
        if (textOf(get(entry, member)) !== null) wanted.add(get(entry, member));
    const torn = this.problems.length;
    for (let round = 0; wanted.size > 0 && round < 2; round++) {
      for (const [position, line] of this.lines("events/events.ndjson")) {
        let event = null;
        try { event = Reader.parse(line); } catch { continue; }
        const name = get(event, "event_id");
        if (wanted.has(name) && !events.has(name)) events.set(name, [position, event]);
      }
      for (const [, event] of events.values()) {
        const boundary = textOf(get(get(event, "payload"), "trust_boundary_event_id"));
        if (boundary !== null) wanted.add(boundary);
      }
    }
    this.problems.length = torn;
    this.spans = new Map([...this.entries].map(([name, entry]) => [name, [this.validFrom(name, entry, events), this.validUntil(name, entry, events)]]));
  }

  validFrom(name, entry, events) {
    const promotion = textOf(get(entry, "promotion_event_id"));
    if (promotion === null) return 0;
    const [position, event] = events.get(promotion) || [0, null];
    return get(event, "type") === "KEY_PROMOTION" && get(get(event, "payload"), "new_key_id") === name ? position + 1 : Infinity;
  }

  validUntil(name, entry, events) {
    const revocation = textOf(get(entry, "revocation_event_id"));
    if (get(entry, "status") === "active" && revocation === null) return Infinity;
    const [position, event] = events.get(revocation) || [0, null];
    const payload = get(event, "payload");
    if (get(event, "type") !== "KEY_REVOCATION" || get(payload, "revoked_key_id") !== name) return -1;
    const boundary = textOf(get(payload, "trust_boundary_event_id"));
    if (boundary === null) return position;
    return events.has(boundary) ? Math.min(events.get(boundary)[0], position) : -1;
  }

  async checkEvent(position, line, genesis) {
    let event;
    try {
      event = Reader.parse(line);
      if (!isObject(event)) throw new Malformed("no object");
    } catch (failure) {
      if (!(failure instanceof Malformed)) throw failure;
      await this.entry(await sha256(""));
      this.add("events.json", `The line is not a JSON object that can be used: ${failure.message}.`, position);
      return;
    }
    const [name, signature] = [textOf(get(event, "event_id")), textOf(get(event, "sig"))];
    await this.entry(await sha256((name || "") + (signature || "")));
    if (canonical(event) !== strict.decode(line)) this.add("events.canonical", "The line is not in canonical form.", position);
    if (event.has("schema_version")) {
      this.add("events.sovereign", "It is an event of another schema, whose signature is not checked here.", position);
      return;
    }
    for (const member of ["event_id", "type", "actor", "actor_key_id", "timestamp_utc"])
      if (textOf(get(event, member)) === null) this.add("events.fields", `The event lacks ${member}, or it is not a string.`, position);
    const payload = get(event, "payload");
    if (!isObject(payload)) this.add("events.fields", "The event lacks a payload that is an object.", position);
    const tombstone = get(payload, "redacted") === true;
    await this.checkId(position, event, name, tombstone);
    const signed = await this.checkSignature(position, event, signature, tombstone);
    this.link(position, event, name);
    this.take(position, event, payload, name, tombstone, signed, genesis);
  }

  async checkId(position, event, name, tombstone) {
    if (name === null) return;
    if (!/^evt_[0-9a-f]{24}$/.test(name))
      this.add("events.id_form", "The id is not evt_ and 24 hexadecimal digits: it is no hash of the content.", position);
    else if (!tombstone && name.slice(4) !== (await sha256(without(event, "event_id", "sig"))).slice(0, 24)
      && name.slice(4) !== (await sha256(without(event, "event_id", "sig", "actor_key_id"))).slice(0, 24))
      this.add("events.id", "The id does not follow from the content: the event was changed after it was written.", position);
    if (this.authors.has(name)) this.add("events.duplicate", "Another event has the same id.", position);
  }

  async checkSignature(position, event, signature, tombstone) {
    const signer = textOf(get(event, "actor_key_id"));
    if (signature === null) {
      this.add("signatures.missing", "The event is not signed.", position);
      return false;
    }
    const key = this.keys.get(signer);
    if (!key) {
      this.add("signatures.key", `The signing key ${signer} is not one of the vault's.`, position);
      return false;
    }
    // What a tombstone's signature was over is gone; its redaction has to vouch for it.
    if (tombstone) return false;
    if (!await key.signedBase64(without(event, "sig"), signature)) {
      this.add("signatures.invalid", `The signature is not that of key ${signer} over the event.`, position);
      return false;
    }
    const [start, end] = this.spans.get(signer);
    if (position < start) this.add("signatures.key_not_yet", `The key ${signer} had not been promoted when it signed this.`, position);
    else if (position > end)
      this.add("signatures.key_suspect", `The key ${signer} was revoked, and this is behind the event up to which it is trusted.`, position);
    return start <= position && position <= end;
  }

  link(position, event, name) {
    const [actor, previous] = [textOf(get(event, "actor")), get(event, "prev_event_hash")];
    if (actor === null || name === null) return;
    const last = this.ends.has(actor) ? this.ends.get(actor) : null;
    if (previous !== last) this.links.push([position, actor, previous, last]);
    if (!this.authors.has(name)) this.authors.set(name, actor);
    this.ends.set(actor, name);
  }

  checkLinks() {
    for (const [position, actor, previous, last] of this.links) {
      if (previous === null)
        this.add("chains.link", `${actor}: it names no event before it, and its actor has one: a second chain starts here.`, position);
      else if (!this.authors.has(previous)) this.add("chains.orphan", `${actor}: it links to an event that is not in the log.`, position);
      else if (this.authors.get(previous) !== actor) this.add("chains.cross_actor", `${actor}: it links to an event of another actor.`, position);
      else if (last === null) this.add("chains.first", `${actor}: it is its actor's first event and links to a later one.`, position);
      else this.add("chains.link", `${actor}: it does not link to its actor's event before it: one was moved, put in, or taken out.`, position);
    }
  }

  take(position, event, payload, name, tombstone, signed, genesis) {
    const [kind, signer] = [get(event, "type"), textOf(get(event, "actor_key_id"))];
    if (position === 0) {
      if (kind !== "GENESIS") this.add("events.genesis", "The first event is not the vault's GENESIS.", 0);
      else if (get(payload, "uid") !== get(genesis, "uid") || get(payload, "root_key_id") !== get(genesis, "root_key_id") || signer !== this.rootKey)
        this.add("events.genesis", "The GENESIS event, its signer and identity/genesis.json do not name one vault and root key.", 0);
    }
    if (this.sealed !== null) this.add("seal.closed", `The vault was sealed at position ${this.sealed}; nothing may follow.`, position);
    if (tombstone) this.tombstones.push([position, name, get(payload, "redaction_event_id")]);
    else if (kind === "com.provara.redaction") {
      const target = textOf(get(payload, "target_event_id"));
      // The first signed one counts: an unsigned one that somebody put in before it must not hide it.
      if (target !== null && (!this.redactions.has(target) || (signed && !this.redactions.get(target)[1]))) this.redactions.set(target, [name, signed]);
    } else if (kind === "KEY_REVOCATION" || kind === "KEY_PROMOTION") this.keyEvents.push([position, kind, signer, payload]);
    else if (kind === "com.provara.vault.seal") {
      this.sealed = position;
      const count = get(payload, "final_event_count");
      if (!(count instanceof Numeral) || !count.is(position + 1))
        this.add("seal.count", "The seal says that the vault holds another number of events.", position);
    }
  }

  checkTombstones() {
    for (const [position, name, said] of this.tombstones) {
      const [redaction, signed] = this.redactions.get(name) || [null, false];
      if (redaction === null) this.add("redactions.missing", "The payload says that it was redacted, and no event of the log says so.", position);
      else if (!signed) this.add("redactions.unsigned", `The payload is hidden by ${redaction}, which no key of the vault vouches for.`, position);
      else if (redaction !== said) this.add("redactions.other", `The tombstone names ${said}, and the redaction is ${redaction}.`, position);
    }
  }

  checkRotations() {
    const revoked = new Set();
    for (const [position, kind, signer, payload] of this.keyEvents) {
      if (kind === "KEY_REVOCATION") {
        const target = textOf(get(payload, "revoked_key_id"));
        const boundary = textOf(get(payload, "trust_boundary_event_id"));
        if (signer === target || revoked.has(signer))
          this.add("keys.signer", "The revocation is signed by the revoked key itself, or by one that was revoked before.", position);
        if (boundary !== null && !this.authors.has(boundary))
          this.add("keys.boundary_unknown", `The boundary of trust, ${boundary}, is not in the log.`, position);
        if (get(this.entries.get(target), "status") === "active")
          this.add("keys.status", `identity/keys.json has ${target} as active, and this event revokes it.`, position);
        revoked.add(target);
        continue;
      }
      const promoted = textOf(get(payload, "new_key_id"));
      if (signer === promoted) this.add("keys.self_signed", "The new key signed its own promotion.", position);
      else if (revoked.has(signer)) this.add("keys.signer", "The promotion is signed by a key that was revoked before.", position);
      if (!revoked.has(textOf(get(payload, "replaces_key_id")))) this.add("keys.sequence", "No revocation comes before this promotion.", position);
      const key = this.keys.get(promoted);
      if (!key || toBase64(key.raw) !== get(payload, "new_public_key_b64"))
        this.add("keys.promoted", `identity/keys.json does not have the key ${promoted} that this event promotes.`, position);
    }
  }

  checkRegistry(trusted) {
    const contract = this.document("policies/sync_contract.json", "policies.sync_contract");
    const authorities = new Set(listOf(get(contract, "authorities")).map(entry => get(entry, "key_id")));
    for (const [name, entry] of this.entries) {
      const roles = listOf(get(entry, "roles"));
      if (!get(entry, "promotion_event_id") && name !== this.rootKey && !authorities.has(name) && !(roles.length === 1 && roles[0] === "peer"))
        this.add("keys.unaccounted", `The key ${name} is neither the root key, nor an authority, nor promoted by an event: somebody put it in.`);
    }
    if (!this.entries.has(this.rootKey))
      this.add("keys.root", `identity/genesis.json names the root key ${this.rootKey}, which identity/keys.json does not have.`);
    if (trusted && trusted.id !== this.rootKey)
      this.add("keys.trust", `The vault's root key ${this.rootKey} is not the one you trust: it is another vault, or its keys were exchanged.`);
  }

  // The manifest's signature covers the log, the registry and the policies as they were when it was made.
  async checkManifest() {
    if (!this.files.has("manifest/manifest.sig")) {
      this.add("manifest.unsigned", "The bundle has no manifest.sig: no key vouches for the vault's files.");
      return;
    }
    const files = listOf(get(this.document("manifest/manifest.json", "manifest.form"), "files"));
    const signature = this.document("manifest/manifest.sig", "manifest.form");
    const root = await this.manifestRoot(files);
    if (this.files.has("manifest/merkle_root.txt") && new TextDecoder().decode(this.files.get("manifest/merkle_root.txt")).trim() !== root)
      this.add("manifest.root", "merkle_root.txt is not the root of the files that manifest.json lists.");
    const key = this.keys.get(get(signature, "key_id"));
    const said = new Map(["key_id", "merkle_root", "signed_at_utc", "spec_version"].map(name => [name, get(signature, name)]));
    if (get(signature, "merkle_root") !== root) this.add("manifest.signature_stale", "manifest.sig is for another manifest than this one.");
    else if (!key || !await key.signedBase64(canonical(said), textOf(get(signature, "sig"))))
      this.add("manifest.signature", "manifest.sig is not signed by a key of the vault.");
    else if (!this.rootSigners().has(key.id)) this.add("manifest.signer", `manifest.sig is signed by ${key.id}, which is no root key.`);
    for (const entry of files) await this.checkListed(entry);
  }

  async manifestRoot(files) {
    let level = await Promise.all(files.map(entry => digest(canonical(entry))));
    while (level.length > 1) {
      const next = [];
      for (let i = 0; i < level.length; i += 2) {
        const pair = new Uint8Array(64);
        pair.set(level[i]);
        pair.set(level[i + 1] || level[i], 32);
        next.push(await digest(pair));
      }
      level = next;
    }
    return level.length ? hexOf(level[0]) : sha256("");
  }

  // The root keys, and those that promoted one of them.
  rootSigners() {
    const isRoot = entry => listOf(get(entry, "roles")).includes("root") && get(entry, "status") === "active";
    const roots = new Set([...this.entries].filter(([, entry]) => isRoot(entry)).map(([name]) => name));
    const promoters = this.keyEvents.filter(([, kind, , payload]) => kind === "KEY_PROMOTION" && roots.has(textOf(get(payload, "new_key_id"))));
    return new Set([...roots, ...promoters.map(([, , signer]) => signer)]);
  }

  async checkListed(entry) {
    const [name, size] = [textOf(get(entry, "path")), get(entry, "size")];
    if (name === null || !(size instanceof Numeral) || !size.isInteger || !this.files.has(name)) return;
    const content = this.files.get(name);
    // The log may have grown since the manifest was made.
    const part = name === "events/events.ndjson" ? content.subarray(0, Number(size.text)) : content;
    if (BigInt(content.length) < BigInt(size.text) || await sha256(part) !== get(entry, "sha256"))
      this.add("manifest.hash", `${name} is not the file that the signed manifest lists: it was changed, or cut.`);
  }
}

class Psmc extends Check {
  format = "psmc";

  async run(trusted) {
    await this.readKeys();
    if (get(this.document("psmc.json", "metadata.file"), "key_fingerprint") !== this.rootKey)
      this.add("metadata.key", "psmc.json names another key than the active one.");
    const ids = new Set();
    const chain = this.lines("chain/chain.ndjson");
    let [previous, signer] = [ZEROS, null];
    for (const [position, line] of this.lines("events/events.ndjson")) {
      const link = chain.next();
      if (link.done) this.add("log.count", "The chain is shorter than the log.", position);
      [previous, signer] = await this.checkEntry(position, line, link.done ? utf8.encode("{}") : link.value[1], previous, signer, ids);
    }
    if (!chain.next().done) this.add("log.count", "The chain is longer than the log: events were cut off.", this.count);
    if (signer !== null && signer !== this.rootKey) this.add("key.active", `The last event is signed by ${signer}; the active key is ${this.rootKey}.`);
    if (trusted && !this.keys.has(trusted.id))
      this.add("key.trust", "The key that you trust is not one of the vault's: it is another vault, or its keys were exchanged.");
  }

  async readKeys() {
    const retired = [...this.files.keys()].filter(name => /^keys\/retired\/[^/]*_public\.pub\.pem$/.test(name)).sort();
    for (const name of ["keys/active.pub.pem", ...retired]) {
      try {
        const der = /-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\s]*)-----END PUBLIC KEY-----/.exec(new TextDecoder().decode(this.files.get(name)));
        const bytes = der && strictBase64(der[1].replace(/\s/g, ""), 44);
        if (!bytes || hexOf(bytes.subarray(0, 12)) !== "302a300506032b6570032100") throw new Malformed("no key");
        const key = await Key.from(bytes.slice(12));
        this.keys.set(key.id, key);
        this.rootKey = this.rootKey || key.id;
      } catch (failure) {
        if (!(failure instanceof Malformed || failure instanceof TypeError)) throw failure;
        this.add("key.file", `${name} holds no Ed25519 public key.`);
      }
    }
  }

  async checkEntry(position, line, chainLine, previous, signer, ids) {
    const [event, link] = [this.readLine(position, line, "event"), this.readLine(position, chainLine, "chain")];
    const computed = await sha256(without(event, "hash"));
    await this.entry(computed);
    for (const member of ["id", "type", "timestamp", "prev_hash"])
      if (textOf(get(event, member)) === null) this.add("event.fields", `The event lacks ${member}, or it is not a string.`, position);
    if (!isObject(get(event, "data"))) this.add("event.fields", "The event lacks data that is an object.", position);
    const name = textOf(get(event, "id"));
    if (name !== null && ids.has(name)) this.add("event.duplicate_id", "Another event has the same id.", position);
    ids.add(name);
    if (get(event, "hash") !== computed)
      this.add("event.hash", "The event's hash is not the hash of its content: it was changed after it was written.", position);
    for (const [rule, entry] of [["event", event], ["chain", link]]) {
      const sequence = get(entry, "seq");
      if (!(sequence instanceof Numeral) || !sequence.is(position)) this.add(rule + ".seq", `The ${rule}'s seq is not ${position}.`, position);
      if (get(entry, "prev_hash") !== previous) this.add(rule + ".prev_hash", `The ${rule} does not link to the one before it.`, position);
    }
    if (get(link, "hash") !== computed) this.add("chain.hash", "The chain line names another hash than the event's.", position);
    const key = textOf(get(link, "key_fp"));
    await this.checkSignature(position, link, key);
    const [old, fresh] = await this.rotationOf(position, event);
    if (signer !== null && key !== null && key !== signer && (old !== signer || fresh !== key))
      this.add("key.rotation", `The key changes to ${key} without a rotation event that names both keys.`, position);
    return [textOf(get(event, "hash")) || "", key || signer];
  }

  readLine(position, line, rule) {
    try {
      const value = Reader.parse(line);
      if (!isObject(value)) throw new Malformed("no object");
      if (canonical(value) !== strict.decode(line)) this.add(rule + ".canonical", "The line is not in canonical form.", position);
      return value;
    } catch (failure) {
      if (!(failure instanceof Malformed)) throw failure;
      this.add(rule + ".json", `The line is not a JSON object that can be used: ${failure.message}.`, position);
      return new Map();
    }
  }

  async checkSignature(position, link, name) {
    const [hash, signature] = [textOf(get(link, "hash")), textOf(get(link, "sig"))];
    if (hash === null || name === null || signature === null || !/^[0-9a-f]{128}$/.test(signature))
      this.add("chain.fields", "The chain line lacks one of hash, key_fp and sig, or one is malformed.", position);
    else if (!this.keys.has(name)) this.add("chain.key", `The signing key ${name} is not one of the vault's.`, position);
    else if (!await this.keys.get(name).signed(hash, fromHex(signature)))
      this.add("chain.signature", `The signature is not that of key ${name} over the event's hash.`, position);
  }

  // The old and the new key of a rotation, which the old key must endorse.
  async rotationOf(position, event) {
    const data = get(event, "data");
    if (get(event, "type") !== "migration" || get(data, "action") !== "key_rotation" || event.has("origin")) return [null, null];
    const [old, fresh] = [textOf(get(data, "old_key_fingerprint")), textOf(get(data, "new_key_fingerprint"))];
    const endorsement = textOf(get(data, "endorsement")) || "";
    const [key, next] = [this.keys.get(old), this.keys.get(fresh)];
    if (!/^[0-9a-fA-F]{128}$/.test(endorsement) || !key || !next || get(data, "new_public_key_b64") !== toBase64(next.raw)
      || !await key.signed(without(data, "endorsement"), fromHex(endorsement)))
      this.add("key.endorsement", "The rotation to a new key is not endorsed by the old one.", position);
    return [old, fresh];
  }
}

/**
 * Verifies the files of a bundle.
 * @param files bytes by name, as a Map
 * @param options trustedKey: the vault's public key in Base64, known from elsewhere; head: the text of a signed head that was kept;
 * progress: told the number of events
 */
async function verifyBundle(files, options = {}) {
  const check = new (files.has("psmc.json") ? Psmc : Backpack)(files, options.progress);
  const heads = [];
  if (files.has("head.json")) heads.push(["head.json", check.document("head.json", "head.form")]);
  try {
    if (options.head) heads.push(["the head that you gave", Reader.parse(options.head)]);
  } catch (failure) {
    if (!(failure instanceof Malformed)) throw failure;
    check.add("head.form", "The head that you gave is not JSON.");
  }
  for (const [, head] of heads) {
    const count = get(head, "count");
    if (count instanceof Numeral && count.isInteger) check.wanted.add(count.text);
  }
  let trusted = null;
  if (options.trustedKey) {
    try {
      trusted = await Key.from(strictBase64(options.trustedKey.trim(), 32));
    } catch (failure) {
      if (!(failure instanceof Malformed)) throw failure;
      check.add("keys.trust", "The key that you gave is not 32 bytes in Base64.");
    }
  }
  await check.checkFiles();
  await check.run(trusted);
  for (const [name, head] of heads) await check.checkHead(head, name);
  await check.checkCustody();
  return {
    valid: check.problems.length === 0, format: check.format, event_count: check.count, head: check.head, root: await check.tree.root(),
    root_key: check.rootKey, trusted: trusted !== null, heads: heads.length, problems: check.problems,
  };
}
