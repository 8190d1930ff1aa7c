namespace Granary.Gateway.Tools.Vaults;

/// <summary><c>checkpoint_vault</c> (10.1).</summary>
internal sealed class CheckpointVaultTool(VaultDoor door) : OperationTool(door, new(
    "checkpoint_vault", "Checkpoint vault", "Sign and keep a snapshot of the state, so that it need not be made from the first event again.")
{
    Effect = ToolEffect.AddsOnce,
    IsLong = true,
    Output =
        """ "path":{"type":"string","description":"The checkpoint's name in the vault"},"event_count":{"type":"integer"},"state_hash":{"type":"string"} """,
});

/// <summary><c>rotate_key</c>.</summary>
internal sealed class RotateKeyTool(VaultDoor door) : OperationTool(door, new(
    "rotate_key", "Rotate key",
    "Put a fresh signing key in the place of the present one; events signed before stay valid. In a Backpack vault another key, its quorum key for example, must sign for it; in a PSMC vault the old one does.")
{
    Effect = ToolEffect.Adds,
    Input = """
        "key_id":{"type":["string","null"],"maxLength":64,"default":null,"description":"Backpack only, as the next two: the key to revoke; null for the active one"},
        "signer_key_id":{"type":["string","null"],"maxLength":64,"default":null,"description":"The key that signs for it; null for the vault's choice"},
        "trust_boundary_event_id":{"type":["string","null"],"maxLength":128,"default":null,"description":"The last event the revoked key is trusted for; null for the latest"},
        "reason":{"type":["string","null"],"maxLength":1024,"default":null}
        """,
    Output = """
        "success":{"type":"boolean"},"revoked_key_id":{"type":"string"},"new_key_id":{"type":"string"},"new_public_key":{"type":"string"},
        "promotion_event_id":{"type":"string"},"event_count":{"type":"integer"}
        """,
});

/// <summary><c>seal_vault</c>.</summary>
internal sealed class SealVaultTool(VaultDoor door) : OperationTool(door, new(
    "seal_vault", "Seal vault", "End a Backpack vault for good: it can be read and verified, but takes no more events. Sealing again returns the first seal.")
{
    Effect = ToolEffect.Ends,
    Output = """ "success":{"type":"boolean"},"seal_event_id":{"type":"string"},"event_count":{"type":"integer"} """,
});

/// <summary><c>redact_event</c>.</summary>
internal sealed class RedactEventTool(VaultDoor door) : OperationTool(door, new(
    "redact_event", "Redact event",
    "Take the payload of one event of a Backpack vault away for good. Its place, type and signature stay, a signed event says who removed it and why, and the vault still verifies.")
{
    Effect = ToolEffect.Ends,
    Input = $$"""
        {{EventSchema.Id}},{{KeepingSchema.Reason}},
        "method":{"enum":["TOMBSTONE","CRYPTO_SHRED","CONTENT_REPLACE"],"default":"TOMBSTONE","description":"It is recorded, and all do the same"},
        "actor":{"type":["string","null"],"minLength":1,"maxLength":256,"default":null,"description":"Whose chain the redaction joins; null for provara_redactor"}
        """,
    Required = ["event_id", "reason"],
    Output = """ "success":{"type":"boolean"},"redaction_event_id":{"type":"string"},"target_event_id":{"type":"string"},"event_count":{"type":"integer"} """,
});

/// <summary><c>shred_event</c>.</summary>
internal sealed class ShredEventTool(VaultDoor door) : OperationTool(door, new(
    "shred_event", "Shred event",
    "Destroy the keys of encrypted payloads of a Backpack vault, of one event or of an actor, so that nobody can read them again, in any copy. A signed event records it.")
{
    Effect = ToolEffect.Ends,
    Input = $$"""
        "event_id":{"type":["string","null"],"minLength":1,"maxLength":128,"default":null},
        "actor":{"type":["string","null"],"minLength":1,"maxLength":256,"default":null,"description":"Instead of event_id: every encrypted event of an actor"},
        {{KeepingSchema.Reason}}
        """,
    Required = ["reason"],
    Output = """ "success":{"type":"boolean"},"shred_event_id":{"type":"string"},"keys_destroyed":{"type":"integer"},"event_count":{"type":"integer"} """,
});

internal static class KeepingSchema
{
    public const string Reason = """
        "reason":{"enum":["GDPR_ERASURE","LEGAL_ORDER","VOLUNTARY_WITHDRAWAL","PII_EXPOSURE","OTHER"]},
        "reason_detail":{"type":["string","null"],"maxLength":1024,"default":null,"description":"It stays for ever: nothing personal"},
        "authority":{"type":["string","null"],"maxLength":256,"default":null,"description":"Who ordered it"}
        """;
}
