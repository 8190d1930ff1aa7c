using System.Text;
using System.Text.Json;

namespace Granary.Vault.Evidence.Forensics;

/// <summary>
/// Two programs for the recipient of a bundle, who has none of ours: <c>verify.py</c> for Python's standard library and <c>cryptography</c>, and
/// <c>verify.html</c>, which verifies in a browser without a network and carries the bundle's files in itself where they are small enough. Both know the
/// same rules by the same names. They are no evidence, and <c>hashes.json</c> does not list them: the page holds that list.
/// </summary>
internal static class ForensicVerifiers
{
    /// <summary>The names that no list of a bundle's files has.</summary>
    public static readonly string[] Names = [PageName, ScriptName];

    private const string PageName = "verify.html";
    private const string ScriptName = "verify.py";

    /// <summary>A page of more is slow to open; it asks for the folder instead.</summary>
    private const long MaxEmbedded = 16 * 1024 * 1024;

    /// <summary>Both, for a bundle's files.</summary>
    /// <param name="files">All other files.</param>
    /// <param name="size">How many bytes they have.</param>
    public static IEnumerable<EvidenceFile> For(IReadOnlyList<EvidenceFile> files, long size)
    {
        EvidenceFile[] embedded = size <= MaxEmbedded ? [.. files] : [];
        return
        [
            new EvidenceFile(PageName, (output, cancellation) => WritePageAsync(output, embedded, cancellation)),
            EvidenceFile.Of(ScriptName, Encoding.UTF8.GetBytes(Resource(ScriptName))),
        ];
    }

    private static async Task WritePageAsync(Stream output, EvidenceFile[] files, CancellationToken cancellation)
    {
        var page = Resource("page.html").Replace("/*VERIFIER*/", Resource("verify.js"), StringComparison.Ordinal).Split("/*BUNDLE*/");
        await WriteAsync(page[0]);
        if (files.Length == 0)
            await WriteAsync("null");
        for (var i = 0; i < files.Length; i++)
        {
            using var content = new MemoryStream();
            await files[i].WriteAsync(content, cancellation);
            // A name comes from the vault, and must end neither its text nor the script: the encoder escapes quotes and angle brackets.
            await WriteAsync($"{(i == 0 ? "{" : ",")}\n\"{JsonEncodedText.Encode(files[i].Name)}\":\"");
            await WriteAsync(Convert.ToBase64String(content.GetBuffer(), 0, (int)content.Length) + "\"");
        }
        await WriteAsync(files.Length == 0 ? page[1] : "}" + page[1]);

        ValueTask WriteAsync(string text) => output.WriteAsync(Encoding.UTF8.GetBytes(text), cancellation);
    }

    private static string Resource(string name)
    {
        using var stream = typeof(ForensicVerifiers).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
