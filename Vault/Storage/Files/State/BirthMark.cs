using System.Security.Cryptography;
using System.Text;
using Granary.Vault.Storage.FileSystem;

namespace Granary.Vault.Storage.Files.State;

/// <summary>A random mark in a vault's state folder: a vault that was deleted and made anew under its name has another.</summary>
internal static class BirthMark
{
    private const int Length = 32;

    /// <summary>The mark, or null where there is none yet.</summary>
    public static string? Find(IFileSystem files, string stateFolder)
    {
        var path = Path.Combine(stateFolder, "birth");
        if (!files.FileExists(path))
            return null;
        using var file = files.OpenRead(path);
        var bytes = new byte[Length];
        return file.Read(bytes, 0) == Length ? Encoding.ASCII.GetString(bytes) : null;
    }

    /// <summary>The mark, made where there is none.</summary>
    public static string Get(IFileSystem files, string stateFolder) => Find(files, stateFolder) ?? Renew(files, stateFolder);

    /// <summary>Gives the vault a new mark, durably.</summary>
    public static string Renew(IFileSystem files, string stateFolder)
    {
        var mark = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(Length / 2));
        using (var file = files.Open(Path.Combine(stateFolder, "birth"), create: true))
        {
            file.Write(Encoding.ASCII.GetBytes(mark), 0);
            file.Flush();
        }
        files.FlushFolder(stateFolder);
        return mark;
    }
}
