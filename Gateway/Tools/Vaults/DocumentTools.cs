using System.Text.Json;

namespace Granary.Gateway.Tools.Vaults;

/// <summary><c>generate_digest</c> (10.1).</summary>
internal sealed class GenerateDigestTool(VaultAccess access) : OperationTool(access, Digest.Define(
    "generate_digest", "Generate digest", "What happened in a PSMC vault in the last weeks, as Markdown, which it also keeps among its digests."));

/// <summary><c>export_digest</c> (10.1), an alias.</summary>
internal sealed class ExportDigestTool(VaultAccess access) : OperationTool(access, Digest.Define(
    "export_digest", "Export digest", "Alias of generate_digest: the last weeks of a PSMC vault as Markdown."));

internal static class Digest
{
    private const int MaxWeeks = 520;

    public static OperationDefinition Define(string name, string title, string description) => new(name, title, description)
    {
        Operation = "generate_digest",
        Effect = ToolEffect.AddsOnce,
        IsLong = true,
        Input = """ "weeks":{"type":"integer","default":1,"description":"1 to 520"} """,
        Output = """ "digest":{"type":"string","description":"Markdown"},"path":{"type":"string","description":"Its name in the vault"} """,
        Check = CheckWeeks,
    };

    private static string? CheckWeeks(JsonElement arguments) =>
        !arguments.TryGetProperty("weeks", out var weeks) || weeks.GetDouble() is > 0 and <= MaxWeeks ? null
        : weeks.GetDouble() <= 0 ? $"weeks must be > 0, at most {MaxWeeks}."
        : $"weeks must be at most {MaxWeeks}.";
}

/// <summary><c>export_markdown</c> (10.1).</summary>
internal sealed class ExportMarkdownTool(VaultAccess access) : OperationTool(access, new(
    "export_markdown", "Export as Markdown", "The whole history of a PSMC vault as Markdown, at most 32 MiB.")
{
    IsLong = true,
    Output = """ "markdown":{"type":"string"} """,
});

/// <summary><c>forensic_export</c> (10.2). What the older server wrote to its disk comes back in the answer.</summary>
internal sealed class ForensicExportTool(VaultAccess access) : OperationTool(access, new(
    "forensic_export", "Forensic export",
    "A self-contained evidence bundle as a zip in Base64: events, public keys, integrity report, and how to check it without this server. At most 32 MiB.")
{
    IsLong = true,
    Input = """ "output_path":{"type":"string","maxLength":1024,"description":"Taken for compatibility; nothing is written on the server"} """,
    Output = """
        "output_path":{"type":"string","description":"The same as filename"},
        "success":{"type":"boolean"},"filename":{"type":"string"},"zip_base64":{"type":"string"},"size":{"type":"integer","description":"Bytes of the zip"},
        "event_count":{"type":"integer"},"actor_count":{"type":"integer"},"chain_integrity":{"type":"boolean"},"signature_integrity":{"type":"boolean"},"file_count":{"type":"integer"}
        """,
    Adds = (result, json) => json.WriteString("output_path", result.GetProperty("filename").GetString()),
});

/// <summary><c>export_vault</c>: the vault's folder as an archive.</summary>
internal sealed class ExportVaultTool(VaultAccess access) : OperationTool(access, new(
    "export_vault", "Export vault",
    "The vault as the folder that Provara's own programs read, as a zip in Base64, without private keys. At most 32 MiB; larger ones go by export_delta.")
{
    IsLong = true,
    Output = """
        "filename":{"type":"string"},"zip_base64":{"type":"string"},"size":{"type":"integer","description":"Bytes of the zip"},
        "event_count":{"type":"integer"},"file_count":{"type":"integer"}
        """,
});

/// <summary><c>get_manifest</c>.</summary>
internal sealed class GetManifestTool(VaultAccess access) : OperationTool(access, new(
    "get_manifest", "Get manifest", "The signed list of a Backpack vault's files with their hashes and their Merkle root, made anew for the vault as it is.")
{
    IsLong = true,
    Output = """ "manifest":{"type":"object"},"merkle_root":{"type":"string"},"signature":{"type":"object"} """,
});
