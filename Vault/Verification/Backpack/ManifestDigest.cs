using System.Security.Cryptography;
using Granary.Vault.Canonical;
using Granary.Vault.Verification.Checks;

namespace Granary.Vault.Verification.Backpack;

/// <summary>The hash of the log's file while its lines go by, and what it was when the file had the size that the manifest says.</summary>
internal sealed class ManifestDigest(long? manifestSize) : IDisposable
{
    /// <summary>Lines are hashed in blocks of about this size: a call for each line takes longer.</summary>
    private const int BlockSize = 16 * 1024;

    private readonly PooledBuffer _block = new(2 * BlockSize);
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _lines;

    /// <summary>Bytes so far.</summary>
    public long Size { get; private set; }

    /// <summary>How many events the manifest covers and the file's hash then; null where no line ends at that size.</summary>
    public (long Events, string Sha256)? AtManifest { get; private set; }

    public void Take(ReadOnlySpan<byte> line)
    {
        _block.Write(line);
        _block.Write((byte)'\n');
        Size += line.Length + 1;
        _lines++;
        if (_block.Length >= BlockSize)
            HashBlock();
        if (Size == manifestSize)
            AtManifest = (_lines, Current());
    }

    public FileDigest Digest() => new(Current(), Size);

    public void Dispose()
    {
        _hash.Dispose();
        _block.Dispose();
    }

    private string Current()
    {
        HashBlock();
        return Convert.ToHexStringLower(_hash.GetCurrentHash());
    }

    private void HashBlock()
    {
        _hash.AppendData(_block.Written);
        _block.Clear();
    }
}
