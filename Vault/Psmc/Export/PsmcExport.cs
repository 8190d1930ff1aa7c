using System.Globalization;
using System.Text;
using Granary.Vault.Canonical;
using Granary.Vault.Psmc.Documents;
using Granary.Vault.Psmc.Events;
using Granary.Vault.Storage;

namespace Granary.Vault.Psmc.Export;

/// <summary>All events as Markdown, as the reference exports them (specification 12).</summary>
public static class PsmcExport
{
    /// <summary>Its document's name.</summary>
    public const string FileName = "export.md";

    /// <summary>Writes the export.</summary>
    /// <param name="reader">The vault.</param>
    /// <param name="metadata">Its metadata.</param>
    /// <param name="now">When.</param>
    /// <param name="maxBytes">How long it may become.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="PsmcInputException">It would be longer than <paramref name="maxBytes"/>.</exception>
    public static async Task<byte[]> WriteAsync(
        IVaultReader reader, PsmcMetadata metadata, DateTimeOffset now, int maxBytes, CancellationToken cancellation)
    {
        using var events = new PooledBuffer(64 * 1024);
        var count = 0;
        await foreach (var one in PsmcText.ReadAsync(reader, cancellation))
        {
            count++;
            Write(events, string.Create(
                CultureInfo.InvariantCulture,
                $"## [{one.Sequence}] {Markdown.Inert(one.Title)} — {Markdown.Inert(Clip(one.Timestamp, 19))}\n\nID: `{Code(one.Id)}`\nHash: `{Code(Clip(one.Hash, 16))}...`\n\n```json\n"));
            events.Write(one.Indented());
            events.Write("\n```\n\n"u8);
            if (events.Length > maxBytes)
                throw new PsmcInputException($"The export is longer than {maxBytes} bytes; read the vault's events in pages, or export it as a folder.");
        }
        var head = Encoding.UTF8.GetBytes(
            $"# Sovereign Memory Export\nVault version: 1.0.0\nCreated: {metadata.Created}\nEvents: {count}\nExported: {EventTimestamp.Format(now)}\n\n");
        return [.. head, .. events.Written];
    }

    // Nothing ends a span of code but a backtick.
    private static string Code(string text) => text.Replace('`', '\'').ReplaceLineEndings(" ");

    private static string Clip(string text, int length) => text.Length > length ? text[..length] : text;

    private static void Write(PooledBuffer output, string text) => output.Advance(Encoding.UTF8.GetBytes(text, output.GetSpan(text.Length * 3)));
}
