namespace Granary.Gateway.Tools.Vaults;

/// <summary><c>export_delta</c> (10.3). The bundle comes back in the answer.</summary>
internal sealed class ExportDeltaTool(VaultDoor door) : OperationTool(door, new(
    "export_delta", "Export delta", "The events after a given one as a bundle that import_delta takes, with the public keys to check them. At most limit events or 4 MiB; next_since says where to go on.")
{
    Vault = VaultArgument.Path,
    IsLong = true,
    Input = """
        "since_hash":{"type":["string","null"],"maxLength":128,"default":null,"description":"Id of the last event the other side has; null for all"},
        "limit":{"type":["integer","null"],"minimum":1,"maximum":10000,"default":null},
        "output_file":{"type":["string","null"],"maxLength":1024,"default":null,"description":"Taken for compatibility; nothing is written on the server"}
        """,
    Output = """ "delta":{"type":"string","description":"NDJSON: a header, then events"},"event_count":{"type":"integer"} """,
});

/// <summary><c>import_delta</c> (10.3).</summary>
internal sealed class ImportDeltaTool(VaultDoor door) : OperationTool(door, new(
    "import_delta", "Import delta", "Check a bundle of export_delta and append the events that are missing here. Only events signed by keys this vault knows, or is told to trust, are taken.")
{
    Vault = VaultArgument.Path,
    Effect = ToolEffect.AddsOnce,
    IsLong = true,
    Input = """
        "delta":{"type":["string","null"],"description":"The bundle's text"},
        "delta_file":{"type":["string","null"],"description":"The same as delta: the bundle's text, not a path on the server"}
        """,
    Output = """
        "success":{"type":"boolean"},"imported_count":{"type":"integer"},"rejected_count":{"type":"integer"},"errors":{"type":"array"}
        """,
});

/// <summary><c>issue_fencing_token</c>.</summary>
internal sealed class IssueFencingTokenTool(VaultDoor door) : OperationTool(door, new(
    "issue_fencing_token", "Issue fencing token", "A signed token that names the vault's latest event, for a writer that must know whether somebody wrote after it.")
{
    Effect = ToolEffect.Grants,
});

/// <summary><c>check_fencing_token</c>.</summary>
internal sealed class CheckFencingTokenTool(VaultDoor door) : OperationTool(door, new(
    "check_fencing_token", "Check fencing token", "Whether a fencing token is this vault's own, and whether its event is still the latest.")
{
    Input = """ "token":{"type":"object","description":"As issue_fencing_token returned it"} """,
    Required = ["token"],
    Output = """ "valid":{"type":"boolean"} """,
});
