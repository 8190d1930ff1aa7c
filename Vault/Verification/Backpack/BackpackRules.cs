using static Granary.Vault.Verification.Reports.ReferenceCheckers;

using Granary.Vault.Verification.Reports;

namespace Granary.Vault.Verification.Backpack;

/// <summary>What a Backpack vault must hold to (specification 9 and 16), and which of the reference's checkers look at it.</summary>
internal static class BackpackRules
{
    public static readonly Rule MissingFolder = Rule.Error("layout.folder", Files, "E302");
    public static readonly Rule MissingEmptyFolder = Rule.Warning("layout.empty_folder", Compliance, "E302");
    public static readonly Rule MissingFile = Rule.Error("layout.file", Files, "E302");
    public static readonly Rule GenesisFields = Rule.Error("layout.genesis", Compliance, "E300");

    public static readonly Rule Registry = Rule.Error("keys.registry", ReferenceCheckers.Backpack, "E302");
    public static readonly Rule NoKeys = Rule.Error("keys.none", Compliance, "E302");
    public static readonly Rule KeyEntry = Rule.Error("keys.entry", number: "E102");
    public static readonly Rule RootKey = Rule.Error("keys.root", number: "E204");
    public static readonly Rule RootNotTrusted = Rule.Error("keys.trust", number: "E204");
    public static readonly Rule UnaccountedKey = Rule.Error("keys.unaccounted", number: "E204");
    public static readonly Rule Peer = Rule.Warning("keys.peer");
    public static readonly Rule Status = Rule.Error("keys.status");
    public static readonly Rule PromotedKey = Rule.Error("keys.promoted", number: "E001");
    public static readonly Rule SelfSigned = Rule.Error("keys.self_signed", number: "E200");
    public static readonly Rule Sequence = Rule.Error("keys.sequence", number: "E201");
    public static readonly Rule RotationSigner = Rule.Error("keys.signer", number: "E202");
    public static readonly Rule NoBoundary = Rule.Warning("keys.boundary", number: "E203");
    public static readonly Rule UnknownBoundary = Rule.Error("keys.boundary_unknown", number: "E203");

    public static readonly Rule NoEvents = Rule.Error("events.none", Compliance, "E302");
    public static readonly Rule Json = Rule.Error("events.json", ReferenceCheckers.Backpack, "E104");
    public static readonly Rule Canonical = Rule.Error("events.canonical", number: "E104");
    public static readonly Rule RequiredFields = Rule.Error("events.fields", Compliance | Kit, "E300");
    public static readonly Rule OtherFields = Rule.Error("events.other_fields", number: "E300");
    public static readonly Rule Sovereign = Rule.Error("events.sovereign", Compliance, "E300");
    public static readonly Rule Namespace = Rule.Warning("events.namespace", Kit, "E300");
    public static readonly Rule Type = Rule.Error("events.type", Kit, "E301");
    public static readonly Rule TypeStyle = Rule.Warning("events.type_style", number: "E301");
    public static readonly Rule Payload = Rule.Warning("events.payload", Kit, "E300");
    public static readonly Rule Timestamp = Rule.Warning("events.timestamp", number: "E105");
    public static readonly Rule TimeOrder = Rule.Warning("events.time_order");
    public static readonly Rule IdForm = Rule.Error("events.id_form", number: "E101");
    public static readonly Rule Id = Rule.Error("events.id", Kit, "E004");
    public static readonly Rule IdStyle = Rule.Note("events.id_style", Kit, "E001");
    public static readonly Rule Duplicate = Rule.Error("events.duplicate", Compliance | Kit, "E007");
    public static readonly Rule Genesis = Rule.Error("events.genesis");
    public static readonly Rule Truncated = Rule.Error("events.truncated");

    public static readonly Rule Link = Rule.Error("chains.link", Linked, "E002");
    public static readonly Rule CrossActor = Rule.Error("chains.cross_actor", ReferenceCheckers.Backpack, "E005");
    public static readonly Rule Orphan = Rule.Error("chains.orphan", ReferenceCheckers.Backpack, "E006");
    public static readonly Rule FirstLinks = Rule.Error("chains.first", Linked, "E013");

    public static readonly Rule Unsigned = Rule.Error("signatures.missing", number: "E300");
    public static readonly Rule NoneSigned = Rule.Error("signatures.none", Compliance, "E003");
    public static readonly Rule SignatureForm = Rule.Error("signatures.form", ReferenceCheckers.Backpack, "E103");
    public static readonly Rule SignatureSpelling = Rule.Error("signatures.spelling", number: "E103");
    public static readonly Rule Signature = Rule.Error("signatures.invalid", ReferenceCheckers.Backpack, "E003");
    public static readonly Rule UnknownKey = Rule.Error("signatures.key", ReferenceCheckers.Backpack, "E204");
    public static readonly Rule KeyNotYet = Rule.Error("signatures.key_not_yet", number: "E202");
    public static readonly Rule KeySuspect = Rule.Error("signatures.key_suspect", Files, "E202");
    public static readonly Rule KeyRevokedLater = Rule.Note("signatures.key_revoked_later", Files);

    public static readonly Rule Tombstone = Rule.Note("redactions.tombstone", Kit | Forensic);
    public static readonly Rule NoRedaction = Rule.Error("redactions.missing", ReferenceCheckers.Backpack, "E003");
    public static readonly Rule RedactionUnsigned = Rule.Error("redactions.unsigned", number: "E003");
    public static readonly Rule RedactionDiffers = Rule.Error("redactions.other");

    public static readonly Rule SealClosed = Rule.Error("seal.closed");
    public static readonly Rule SealCount = Rule.Error("seal.count");

    public static readonly Rule ManifestForm = Rule.Error("manifest.form", Files, "E302");
    public static readonly Rule Spelling = Rule.Error("manifest.spelling");
    public static readonly Rule SpecVersion = Rule.Error("manifest.spec_version", Files, "E303");
    public static readonly Rule UnsafePath = Rule.Error("manifest.path", Files);
    public static readonly Rule DuplicatePath = Rule.Error("manifest.duplicate");
    public static readonly Rule PathOrder = Rule.Error("manifest.order");
    public static readonly Rule ExcludedPath = Rule.Error("manifest.excluded");
    public static readonly Rule FileCount = Rule.Error("manifest.file_count");
    public static readonly Rule FileMissing = Rule.Error("manifest.missing", Files, "E010");
    public static readonly Rule FileSize = Rule.Error("manifest.size", Files, "E011");
    public static readonly Rule FileHash = Rule.Error("manifest.hash", Files, "E012");
    public static readonly Rule Stale = Rule.Error("manifest.stale", Files, "E011");
    public static readonly Rule Lag = Rule.Note("manifest.lag", Files);
    public static readonly Rule Phantom = Rule.Error("manifest.phantom", Files);
    public static readonly Rule EmptyKeyStore = Rule.Warning("manifest.empty_key_store", Files);
    public static readonly Rule Root = Rule.Error("manifest.root", Files, "E008");
    public static readonly Rule RootForm = Rule.Error("manifest.root_form", Files, "E100");
    public static readonly Rule ManifestUnsigned = Rule.Error("manifest.unsigned");
    public static readonly Rule ManifestSignatureStale = Rule.Error("manifest.signature_stale", number: "E008");
    public static readonly Rule ManifestSignature = Rule.Error("manifest.signature", number: "E003");
    public static readonly Rule ManifestSigner = Rule.Error("manifest.signer", number: "E202");

    public static readonly Rule Safety = Rule.Error("policies.safety", Compliance);
    public static readonly Rule Ratchet = Rule.Error("policies.ratchet", Compliance, "E400");
    public static readonly Rule Sync = Rule.Error("policies.sync_contract", Compliance);
    public static readonly Rule Retention = Rule.Error("policies.retention", Compliance);

    public static readonly Rule Store = Rule.Error("store.finding");

    /// <summary>The checks, in the order of a report, each with what it looks at.</summary>
    public static readonly string[] Checks =
        ["layout", "keys", "events", "chains", "signatures", "redactions", "seal", "manifest", "policies", "head", "store"];
}
