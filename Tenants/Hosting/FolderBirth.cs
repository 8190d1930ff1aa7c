using Granary.Tenants.Vaults.Formats;
using Granary.Vault;
using Granary.Vault.Backpack.Keys;
using Granary.Vault.OutsideFiles;
using Granary.Vault.Storage;
using Granary.Vault.Storage.Files;
using Granary.Vault.Verification;
using Granary.Vault.Verification.Checks;
using Granary.Vault.Verification.Reports;

namespace Granary.Tenants.Hosting;

/// <summary>
/// A vault's folder as the birth of a vault in a store: verified first, then read as it is, byte for byte. What comes of it is made in one step, so that an
/// import is there whole or not at all.
/// </summary>
public static class FolderBirth
{
    private const int PageLines = 1024;
    private const int PageBytes = 4 * 1024 * 1024;
    private const long MaxKeyFile = 1024 * 1024;

    private static readonly string[] Logs = ["events/events.ndjson", "chain/chain.ndjson"];

    /// <summary>Verifies a folder and reads it.</summary>
    /// <param name="folder">The vault.</param>
    /// <param name="mode">How much to demand of it.</param>
    /// <param name="keyFile">Its private keys, where they are kept elsewhere; null for those in the folder.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="InvalidDataException">It is no vault, does not verify, or nobody could write to it: the message says what to do.</exception>
    public static async Task<VaultBirth> ReadAsync(string folder, VerificationMode mode, string? keyFile, CancellationToken cancellation)
    {
        var format = VaultFormats.All.FirstOrDefault(format => File.Exists(Path.Combine(folder, format.Marker)))
            ?? throw new InvalidDataException(
                $"{folder} is not a vault: it has none of {string.Join(", ", VaultFormats.All.Select(format => format.Marker))}.");
        var report = await VaultVerifier.RunFolderAsync(folder, new VerificationOptions { Mode = mode }, null, cancellation);
        if (!report.Valid)
            throw Invalid(folder, report);
        using var reader = FolderReader.Open(folder);
        var (documents, beside) = ReadDocuments(folder, format, keyFile);
        return new VaultBirth(format, documents) { Entries = await ReadEntriesAsync(reader, format, cancellation), Beside = beside };
    }

    private static InvalidDataException Invalid(string folder, VaultReport report)
    {
        var first = report.Findings.FirstOrDefault(finding => finding.Severity == FindingSeverity.Error);
        var hint = report.Mode == VerificationMode.Strict && report.Checkers.Any(checker => checker.Passes)
            ? " The reference's checkers would accept it: --mode compatible takes it as it is."
            : "";
        return new InvalidDataException(
            $"{folder} does not verify: {report.Errors} error(s), the first one: {first?.Reason} Nothing was imported; provara verify {folder} lists all.{hint}");
    }

    private static async Task<List<LogEntry>> ReadEntriesAsync(FolderReader reader, VaultFormat format, CancellationToken cancellation)
    {
        if (reader.Findings.Count > 0)
            throw new InvalidDataException($"The log is not whole: {reader.Findings[0].Reason}");
        var entries = new List<LogEntry>();
        while (entries.Count < reader.Count(LogStream.Events))
        {
            var page = await reader.ReadAsync(LogStream.Events, entries.Count, PageLines, PageBytes, cancellation);
            var chain = format.HasChain ? (await reader.ReadAsync(LogStream.Chain, entries.Count, page.Lines.Count, int.MaxValue, cancellation)).Lines : [];
            if (page.Lines.Count == 0)
                break;
            for (var i = 0; i < page.Lines.Count; i++)
            {
                var link = i < chain.Count ? chain[i] : default;
                if (format.Entries.Check(entries.Count, page.Lines[i].Span, link.Span, out var hash) != EntryState.Whole)
                    throw new InvalidDataException($"The event at position {entries.Count} cannot be read.");
                entries.Add(new LogEntry(hash, page.Lines[i], link));
            }
        }
        return entries;
    }

    /// <summary>All other files. A Backpack vault's private keys go beside it, where no copy of it takes them along.</summary>
    private static (List<VaultDocument> Documents, List<VaultDocument> Beside) ReadDocuments(string folder, VaultFormat format, string? keyFile)
    {
        var (documents, beside) = (new List<VaultDocument>(), new List<VaultDocument>());
        var keys = keyFile is null ? null : RegularFile.Read(keyFile, MaxKeyFile);
        foreach (var path in Directory.EnumerateFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint })
            .Order(StringComparer.Ordinal))
        {
            var name = Path.GetRelativePath(folder, path).Replace(Path.DirectorySeparatorChar, '/');
            if (Logs.Contains(name))
                continue;
            var content = RegularFile.Read(path, int.MaxValue);
            if (name == PrivateKeyFile.FileName)
                keys ??= content;
            else
                documents.Add(new VaultDocument(name, content, IsSecret(name)));
        }
        if (!format.HasChain)
            beside.Add(new VaultDocument(KeysBeside.Name, CheckKeys(folder, keys), Secret: true));
        else if (documents.TrueForAll(document => document.Name != "keys/active.pem"))
            throw new InvalidDataException($"{folder} has no keys/active.pem, without which nobody could write to the vault.");
        return (documents, beside);
    }

    private static byte[] CheckKeys(string folder, byte[]? keys)
    {
        if (keys is null)
            throw new InvalidDataException($"{folder} holds no private keys, without which nobody could write to the vault; name their file with --keyfile.");
        try
        {
            using var file = PrivateKeyFile.Read(keys);
            var registry = KeyRegistry.Read(RegularFile.Read(Path.Combine(folder, KeyRegistry.FileName), int.MaxValue));
            return file.FindActive(registry) is null
                ? throw new InvalidDataException("The private keys are another vault's: none of them is an active key of this one.")
                : keys;
        }
        catch (FormatException failure)
        {
            throw new InvalidDataException(failure.Message, failure);
        }
    }

    private static bool IsSecret(string name) => name is "keys/active.pem" or "identity/privacy_keys.db"
        || (name.StartsWith("keys/retired/", StringComparison.Ordinal) && name.EndsWith("_private.pem", StringComparison.Ordinal));
}
