using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Granary.Testing;

/// <summary>
/// Sigstore's own programs for Node: a mock of Rekor and a verifier of bundles. They are installed once, at the versions of <c>Testing/Sigstore/package-lock.json</c>.
/// </summary>
public static class SigstoreTools
{
    private static readonly string[] Files = ["package.json", "package-lock.json", "rekor.mjs", "verify.mjs"];

    /// <summary>Beside what is built (artifacts/bin/PROJECT/CONFIGURATION).</summary>
    private static readonly string Folder = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "sigstore"));

    /// <summary>Why they cannot be used here; null where they can.</summary>
    public static string? Missing { get; } = Install();

    /// <summary>Has the verifier judge an entry, with what was signed and the key of the log: "accepted", or its reason.</summary>
    public static async Task<string> VerifyAsync(byte[] entry, byte[] artifact, Uri log, string key)
    {
        using var process = Start("node", "verify.mjs");
        var output = process.StandardOutput.ReadToEndAsync();
        var given = new JsonObject { ["entry"] = JsonNode.Parse(entry), ["artifact"] = Convert.ToBase64String(artifact), ["url"] = log.ToString(), ["key"] = key };
        await process.StandardInput.WriteAsync(given.ToJsonString());
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        return (await output).Trim();
    }

    internal static Process Start(string program, params string[] arguments) => Process.Start(new ProcessStartInfo(program, arguments)
    {
        WorkingDirectory = Folder, RedirectStandardInput = true, RedirectStandardOutput = true,
    })!;

    private static string? Install()
    {
        Directory.CreateDirectory(Folder);
        var installed = Path.Combine(Folder, ".installed");
        var wanted = Read("package-lock.json");
        foreach (var file in Files)
            File.WriteAllText(Path.Combine(Folder, file), Read(file));
        try
        {
            if (!Runs("node", "--version"))
                return "Node is not installed.";
            if (File.Exists(installed) && File.ReadAllText(installed) == wanted)
                return null;
            if (!Runs("npm", "ci", "--ignore-scripts", "--silent", "--no-audit", "--no-fund", "--fetch-retries=0"))
                return "Sigstore's programs could not be installed from npm.";
            File.WriteAllText(installed, wanted);
            return null;
        }
        catch (Win32Exception)
        {
            return "Node or npm is not installed.";
        }
    }

    private static bool Runs(string program, params string[] arguments)
    {
        using var process = Start(program, arguments);
        process.StandardInput.Close();
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }

    private static string Read(string file)
    {
        using var reader = new StreamReader(typeof(SigstoreTools).Assembly.GetManifestResourceStream($"sigstore/{file}")!);
        return reader.ReadToEnd();
    }
}

/// <summary>Sigstore's mock of Rekor, on loopback.</summary>
public sealed class SigstoreRekor : IAsyncDisposable
{
    private readonly Process _process;

    private SigstoreRekor(Process process, JsonElement said)
    {
        _process = process;
        (Address, PublicKey) = (new Uri(said.GetProperty("url").GetString()!), said.GetProperty("key").GetString()!);
    }

    public Uri Address { get; }

    /// <summary>The log's public key, in PEM.</summary>
    public string PublicKey { get; }

    public static async Task<SigstoreRekor> StartAsync()
    {
        var process = SigstoreTools.Start("node", "rekor.mjs");
        var line = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("Sigstore's mock of Rekor has not started.");
        using var said = JsonDocument.Parse(line);
        return new SigstoreRekor(process, said.RootElement.Clone());
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}

/// <summary>A test in which Sigstore's programs answer and check.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SigstoreFactAttribute : FactAttribute
{
    public SigstoreFactAttribute() => Skip = SigstoreTools.Missing;
}
