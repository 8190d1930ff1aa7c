using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Cli.Hosting;
using Granary.Cli.Vaults;
using Granary.Vault.Keys;

namespace Granary.Cli.Commands;

/// <summary><c>wallet-export</c>: a key as Solana's command line keeps it, an array of 64 numbers (seed, public key).</summary>
internal sealed class WalletExportCommand : CliCommand
{
    private readonly Option<string?> _keyFile;
    private readonly Option<string?> _keyId;
    private readonly Option<string> _out;

    public WalletExportCommand() : base("wallet-export", "Writes a private key as a Solana id.json.")
    {
        _keyFile = With(KeyFiles.Option(required: true));
        _keyId = Text("--key-id", "Which key; the first one without it");
        _out = RequiredText("--out", "The file to write; it must not exist");
    }

    public override async Task<Outcome> RunAsync(Run run, CancellationToken cancellation)
    {
        using var keys = KeyFiles.Read(run.Get(_keyFile)!);
        var key = KeyFiles.Choose(keys, run.Get(_keyId));
        var seed = key.ExportSeed();
        var numbers = string.Join(',', seed.Concat(key.PublicKey.Raw.ToArray()));
        CryptographicOperations.ZeroMemory(seed);
        var path = run.Get(_out)!;
        await KeyFiles.WriteAsync(path, Encoding.ASCII.GetBytes($"[{numbers}]"), cancellation);
        return new Outcome(
            new JsonObject { ["key_id"] = key.PublicKey.KeyId, ["out"] = path },
            screen => screen.Line($"Exported the key {key.PublicKey.KeyId} to {path}. It is secret."));
    }
}

/// <summary><c>wallet-import</c>: the key of a Solana id.json as an entry for a key file.</summary>
internal sealed class WalletImportCommand : CliCommand
{
    private const int Length = SigningKey.SeedLength + PublicKey.Length;

    private readonly Option<string> _file;

    public WalletImportCommand() : base("wallet-import", "Prints the key id and the private key of a Solana id.json. The private key is secret.") =>
        _file = RequiredText("--file", "The id.json");

    public override Task<Outcome> RunAsync(Run run, CancellationToken cancellation)
    {
        var pair = Read(OutsideFile.Read(run.Get(_file)!, "The key pair"));
        using var key = SigningKey.FromSeed(pair.AsSpan(0, SigningKey.SeedLength));
        if (!key.PublicKey.Raw.SequenceEqual(pair.AsSpan(SigningKey.SeedLength)))
            throw Refused("its public half is not that of its seed");
        var secret = Convert.ToBase64String(pair.AsSpan(0, SigningKey.SeedLength));
        CryptographicOperations.ZeroMemory(pair);
        var keyId = key.PublicKey.KeyId;
        return Task.FromResult(new Outcome(new JsonObject { ["key_id"] = keyId, ["private_key_b64"] = secret }, screen =>
        {
            screen.Fields(("Key id", keyId), ("Private key", secret));
            screen.Line("Keep it out of logs and shared terminals; put both into a key file to sign with it.");
        }));
    }

    private static byte[] Read(byte[] json)
    {
        try
        {
            var numbers = JsonSerializer.Deserialize<int[]>(json);
            if (numbers is { Length: Length } && numbers.All(number => number is >= 0 and <= byte.MaxValue))
                return [.. numbers.Select(number => (byte)number)];
        }
        catch (JsonException)
        {
            // Said below, in the same words.
        }
        throw Refused($"it is not an array of {Length} numbers from 0 to 255");
    }

    private static CliFailure Refused(string reason) =>
        new("The file is no Solana key pair", reason, "give an id.json of Solana's command line", "provara wallet-import --help");
}
