using System.Security.Cryptography;
using System.Text;
using Granary.Vault.Canonical;

namespace Granary.Vault.Backpack.Manifests;

/// <summary>Collects a vault's files for a manifest. Hashes come from the caller, who may have kept the log's running.</summary>
public sealed class ManifestBuilder
{
    private readonly List<(byte[] Order, ManifestEntry Entry)> _entries = [];

    /// <summary>Adds a file, unless it is one of those a manifest leaves out.</summary>
    public void Add(string path, string sha256, long size)
    {
        if (!Manifest.IsExcluded(path))
            _entries.Add((Encoding.UTF8.GetBytes(path), new ManifestEntry(path, sha256, size)));
    }

    /// <summary>Adds a file with its bytes.</summary>
    public void Add(string path, ReadOnlySpan<byte> content) => Add(path, Convert.ToHexStringLower(SHA256.HashData(content)), content.Length);

    /// <summary>The manifest, its files by the code points of their paths.</summary>
    public Manifest Build(DateTimeOffset created)
    {
        _entries.Sort((x, y) => x.Order.AsSpan().SequenceCompareTo(y.Order));
        return new Manifest(EventTimestamp.Format(created), [.. _entries.Select(item => item.Entry)]);
    }
}
