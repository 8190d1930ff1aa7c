using System.CommandLine;
using Granary.Cli.Hosting;
using Granary.Vault.Backpack.Keys;
using Granary.Vault.Keys;

namespace Granary.Cli.Vaults;

/// <summary>Private key files, in any of the three shapes.</summary>
internal static class KeyFiles
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static Option<string?> Option(bool required = false) => new("--keyfile")
    {
        Description = "The private key file" + (required ? "" : "; without it the one in the vault, where there is one"),
        HelpName = "FILE",
        Required = required,
    };

    /// <summary>Reads a file.</summary>
    public static PrivateKeyFile Read(string path)
    {
        if (!File.Exists(path) && !Directory.Exists(path))
        {
            throw new CliFailure(
                "The private key file is missing", $"the file {path} does not exist", "give the file that provara init wrote: --keyfile FILE", "provara init --help");
        }
        try
        {
            return PrivateKeyFile.Read(OutsideFile.Read(path, "The private key file"));
        }
        catch (FormatException failure)
        {
            throw new CliFailure(
                "No private key can be read", failure.Message, "give the file that provara init wrote", "provara init --help", failure);
        }
    }

    /// <summary>The key of this id, or the first one.</summary>
    public static SigningKey Choose(PrivateKeyFile file, string? keyId)
    {
        if (keyId is null)
            return file.Keys[0];
        return file.Find(keyId) ?? throw new CliFailure(
            "The key is not in the key file", $"it holds {string.Join(", ", file.Keys.Select(key => key.PublicKey.KeyId))}",
            "give one of these with --key-id, or another file");
    }

    /// <summary>Refuses a key file that is another vault's, and a key that the vault takes nothing from any more.</summary>
    public static void CheckFor(VaultPlace place, PrivateKeyFile file, string? keyId)
    {
        IReadOnlyList<SigningKey> given = keyId is null ? file.Keys : [Choose(file, keyId)];
        var path = Path.Combine(place.Folder, KeyRegistry.FileName);
        // Without it the opening says what is wrong.
        if (!File.Exists(path))
            return;
        var registry = KeyRegistry.Read(OutsideFile.Read(path, "The vault's list of keys"));
        var known = given.Where(key => registry.Find(key.PublicKey.KeyId) is { HasOwnId: true }).ToList();
        if (known.Exists(key => registry.Find(key.PublicKey.KeyId) is { IsActive: true }))
            return;
        var active = string.Join(", ", registry.Keys.Where(key => key is { IsActive: true, HasOwnId: true }).Select(key => key.KeyId));
        throw known.Count > 0
            ? new CliFailure(
                "The key was revoked", $"the vault takes nothing from {Names(known)} any more; its active keys: {active}",
                "give the key file that the rotation wrote", "provara rotate --help")
            : new CliFailure(
                "The key file is not this vault's", $"it holds {Names(given)}, and the vault's active keys are {active}",
                "give the file that provara init wrote for this vault: --keyfile FILE", "provara init --help");
    }

    private static string Names(IReadOnlyList<SigningKey> keys) => string.Join(", ", keys.Select(key => key.PublicKey.KeyId));

    /// <summary>Writes a secret that only its owner can read; an existing file is refused.</summary>
    public static Task WriteAsync(string path, ReadOnlyMemory<byte> secret, CancellationToken cancellation)
    {
        if (File.Exists(path))
            throw new CliFailure(
                "The file exists already", $"'{path}' would be overwritten, and a lost key is lost for ever", "name another file", "provara init --help");
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
            Directory.CreateDirectory(folder);
        return CreateAsync(path, secret, cancellation);
    }

    /// <summary>Replaces a secret in one step.</summary>
    public static async Task ReplaceAsync(string path, ReadOnlyMemory<byte> secret, CancellationToken cancellation)
    {
        var draft = path + ".next";
        File.Delete(draft);
        await CreateAsync(draft, secret, cancellation);
        File.Move(draft, path, overwrite: true);
    }

    private static async Task CreateAsync(string path, ReadOnlyMemory<byte> secret, CancellationToken cancellation)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;
        await using var file = new FileStream(path, options);
        await file.WriteAsync(secret, cancellation);
        await file.FlushAsync(cancellation);
        RandomAccess.FlushToDisk(file.SafeFileHandle);
    }
}
