namespace Granary.Gateway.Tools.Vaults;

/// <summary><c>export_delta</c> (10.3). The bundle comes back in the answer.</summary>
internal sealed class ExportDeltaTool(VaultAccess access) : OperationTool(access, new(
    "export_delta", "Export delta",
    "The events of a Backpack vault after a given one as a bundle that import_delta takes, with the public keys they are signed with. At most limit events or 4 MiB; next_since says where to go on.")
{
    Vault = VaultArgument.Path,
    IsLong = true,
    Input = """
        "since_hash":{"type":"string","maxLength":128,"description":"Id of the last event the other side has; all where left out"},
        "limit":{"type":"integer","minimum":1,"maximum":10000,"description":"At most so many events; 10000 where left out"},
        "output_file":{"type":"string","maxLength":1024,"description":"Taken for compatibility; nothing is written on the server"}
        """,
    Output = """
        "success":{"type":"boolean"},"since_hash":{"anyOf":[{"type":"string"},{"type":"null"}]},"event_count":{"type":"integer"},"size":{"type":"integer","description":"Bytes of delta"},
        "delta":{"type":"string","description":"NDJSON: a header, then events"},
        "next_since":{"anyOf":[{"type":"string"},{"type":"null"}],"description":"since_hash of the next bundle; null at the end"}
        """,
});

/// <summary><c>import_delta</c> (10.3).</summary>
internal sealed class ImportDeltaTool(VaultAccess access) : OperationTool(access, new(
    "import_delta", "Import delta",
    "Check a bundle of export_delta and append the events that are missing in a Backpack vault, all or none. Events must be signed by keys the vault knows or the caller vouches for.")
{
    Vault = VaultArgument.Path,
    Effect = ToolEffect.AddsOnce,
    IsLong = true,
    Input = $$"""
        "delta":{"type":"string","description":"The bundle's text"},
        "delta_file":{"type":"string","description":"The same as delta: the bundle's text, not a path on the server"},
        "strict":{"type":"boolean","default":true,"description":"False also takes unsigned events, as the reference does, into a vault that does not verify strictly anyway"},
        {{SyncSchema.TrustedKeys}}
        """,
    SameAs = [("delta_file", "delta")],
    Output = """
        "success":{"type":"boolean"},"imported_count":{"type":"integer"},"present_count":{"type":"integer","description":"Events the vault had already"},
        "rejected_count":{"type":"integer"},"event_count":{"type":"integer"},"error_count":{"type":"integer"},"errors":{"type":"array","items":{"type":"string"} },
        "fork_count":{"type":"integer"},"forks":{"type":"array","items":{"type":"object"} },"admitted_keys":{"type":"array","items":{"type":"string"} }
        """,
});

/// <summary><c>issue_fencing_token</c>.</summary>
internal sealed class IssueFencingTokenTool(VaultAccess access) : OperationTool(access, new(
    "issue_fencing_token", "Issue fencing token",
    "A signed token that names a Backpack vault's latest event, for a writer that must know whether somebody wrote after it.")
{
    Effect = ToolEffect.Grants,
    Output = """ "token":{"type":"object"},"latest_event_id":{"type":"string"},"event_count":{"type":"integer"} """,
});

/// <summary><c>check_fencing_token</c>.</summary>
internal sealed class CheckFencingTokenTool(VaultAccess access) : OperationTool(access, new(
    "check_fencing_token", "Check fencing token", "Whether a fencing token is this vault's own, and whether its event is still the latest.")
{
    Input = """
        "token":{"type":"object","description":"As issue_fencing_token returned it"},
        "latest":{"type":"boolean","default":true,"description":"False: any event of the vault will do, as the reference has it"},
        "max_age_seconds":{"type":"integer","minimum":1,"maximum":2147483647}
        """,
    Required = ["token"],
    Output = """ "valid":{"type":"boolean"},"reason":{"anyOf":[{"type":"string"},{"type":"null"}],"description":"Why not"} """,
});

internal static class SyncSchema
{
    public const string TrustedKeys = """
        "trusted_keys":{"type":"array","items":{"type":"string","maxLength":64},"maxItems":100,"default":[],
          "description":"Ids of keys that the caller vouches for and the vault does not know yet"}
        """;
}
