using Granary.Cli.Hosting;
using Granary.Vault.OutsideFiles;

namespace Granary.Cli.Vaults;

/// <summary>Files that a command line names: ordinary ones, of a size that fits into memory.</summary>
internal static class OutsideFile
{
    private const long MaxDocument = 64 * 1024 * 1024;
    private const long MaxBundle = 1024 * 1024 * 1024;

    /// <summary>Reads a document: a head, a proof, a key file, a policy.</summary>
    /// <param name="path">The file.</param>
    /// <param name="what">What it is to be, as a failure's first words.</param>
    public static byte[] Read(string path, string what) => Guard(path, what, () => RegularFile.Read(path, MaxDocument));

    /// <summary>Reads a bundle of events.</summary>
    public static byte[] ReadBundle(string path, string what) => Guard(path, what, () => RegularFile.Read(path, MaxBundle));

    /// <summary>Opens a file of any size.</summary>
    public static FileStream Open(string path, string what) => Guard(path, what, () => new FileStream(RegularFile.OpenRead(path), FileAccess.Read));

    /// <summary>Reads standard input to its end.</summary>
    public static async Task<byte[]> ReadAsync(Stream input, CancellationToken cancellation)
    {
        using var all = new MemoryStream();
        var block = new byte[64 * 1024];
        while (await input.ReadAsync(block, cancellation) is var read and > 0)
        {
            if (all.Length + read > MaxDocument)
                throw new CliFailure("Standard input does not end", $"it holds more than {MaxDocument} bytes", "give less of it");
            await all.WriteAsync(block.AsMemory(0, read), cancellation);
        }
        return all.ToArray();
    }

    private static T Guard<T>(string path, string what, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CliFailure($"{what} is missing", $"the file {path} does not exist", "check the path", inner: failure);
        }
        catch (UnusableFileException failure)
        {
            throw new CliFailure($"{what} cannot be read", failure.Message, "name an ordinary file", inner: failure);
        }
    }
}
