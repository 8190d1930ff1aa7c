namespace Granary.Gateway.Tools.Vaults;

/// <summary><c>checkpoint_vault</c> (10.1).</summary>
internal sealed class CheckpointVaultTool(VaultAccess access) : OperationTool(access, new(
    "checkpoint_vault", "Checkpoint vault", "Sign and keep a snapshot of the state, so that it need not be made from the first event again.")
{
    Effect = ToolEffect.AddsOnce,
    IsLong = true,
    Output =
        """ "path":{"type":"string","description":"The checkpoint's name in the vault"},"event_count":{"type":"integer"},"state_hash":{"type":"string"} """,
});

/// <summary><c>rotate_key</c>.</summary>
internal sealed class RotateKeyTool(VaultAccess access) : OperationTool(access, new(
    "rotate_key", "Rotate key",
    "Put a fresh signing key in the place of the present one; events signed before stay valid. In a Backpack vault another key, its quorum key for example, must sign for it; in a PSMC vault the old one does.")
{
    Effect = ToolEffect.Rotates,
    Input = """
        "key_id":{"type":"string","maxLength":64,"description":"Backpack only, as the next two: the key to revoke; the active one where left out"},
        "signer_key_id":{"type":"string","maxLength":64,"description":"The key that signs for it; the vault chooses where left out"},
        "trust_boundary_event_id":{"type":"string","maxLength":128,"description":"The last event the revoked key is trusted for; the latest where left out"},
        "reason":{"type":"string","maxLength":1024}
        """,
    Output = """
        "success":{"type":"boolean"},"revoked_key_id":{"type":"string"},"new_key_id":{"type":"string"},"new_public_key":{"type":"string"},
        "promotion_event_id":{"type":"string"},"event_count":{"type":"integer"}
        """,
});

/// <summary><c>seal_vault</c>.</summary>
internal sealed class SealVaultTool(VaultAccess access) : OperationTool(access, new(
    "seal_vault", "Seal vault", "End a Backpack vault for good: it can be read and verified, but takes no more events. Sealing again returns the first seal.")
{
    Effect = ToolEffect.Ends,
    Output = """ "success":{"type":"boolean"},"seal_event_id":{"type":"string"},"event_count":{"type":"integer"} """,
});

/// <summary><c>redact_event</c>.</summary>
internal sealed class RedactEventTool(VaultAccess access) : OperationTool(access, new(
    "redact_event", "Redact event",
    "Take the payload of one event of a Backpack vault away for good. Its place, type and signature stay, a signed event says who removed it and why, and the vault still verifies.")
{
    Effect = ToolEffect.Ends,
    Input = $$"""
        {{EventSchema.Id}},{{MaintenanceSchema.Reason}},
        "method":{"type":"string","enum":["TOMBSTONE","CRYPTO_SHRED","CONTENT_REPLACE"],"default":"TOMBSTONE","description":"It is recorded, and all do the same"},
        "actor":{"type":"string","minLength":1,"maxLength":256,"description":"Whose chain the redaction joins; provara_redactor where left out"}
        """,
    Required = ["event_id", "reason"],
    Output = """ "success":{"type":"boolean"},"redaction_event_id":{"type":"string"},"target_event_id":{"type":"string"},"event_count":{"type":"integer"} """,
});

/// <summary><c>shred_event</c>.</summary>
internal sealed class ShredEventTool(VaultAccess access) : OperationTool(access, new(
    "shred_event", "Shred event",
    "Destroy the keys of encrypted payloads of a Backpack vault, of one event or of an actor, so that nobody can read them again, in any copy. A signed event records it.")
{
    Effect = ToolEffect.Ends,
    Input = $$"""
        "event_id":{"type":"string","minLength":1,"maxLength":128},
        "actor":{"type":"string","minLength":1,"maxLength":256,"description":"Instead of event_id: every encrypted event of an actor"},
        {{MaintenanceSchema.Reason}}
        """,
    Required = ["reason"],
    Output = """ "success":{"type":"boolean"},"shred_event_id":{"type":"string"},"keys_destroyed":{"type":"integer"},"event_count":{"type":"integer"} """,
});

internal static class MaintenanceSchema
{
    public const string Reason = """
        "reason":{"type":"string","enum":["GDPR_ERASURE","LEGAL_ORDER","VOLUNTARY_WITHDRAWAL","PII_EXPOSURE","OTHER"]},
        "reason_detail":{"type":"string","maxLength":1024,"description":"It stays for ever: nothing personal"},
        "authority":{"type":"string","maxLength":256,"description":"Who ordered it"}
        """;
}
