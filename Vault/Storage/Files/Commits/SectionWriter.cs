using Granary.Vault.Storage.FileSystem;

namespace Granary.Vault.Storage.Files.Commits;

/// <summary>Writes sections into a vault's files again, where they are missing or torn, and nowhere else.</summary>
internal sealed class SectionWriter(IFileSystem files, string vault) : IDisposable
{
    private readonly Dictionary<CommitFile, IStorageFile> _open = [];

    /// <summary>True when anything was missing.</summary>
    public bool Changed { get; private set; }

    /// <summary>False when the file ends before the section, or holds other whole lines there: then somebody else wrote it.</summary>
    public bool TryWrite(CommitSection section)
    {
        var file = Open(section.File);
        if (file.Length < section.Offset)
            return false;
        var existing = new byte[section.Bytes.Length];
        var filled = 0;
        while (filled < existing.Length && file.Read(existing.AsSpan(filled), section.Offset + filled) is var read and > 0)
            filled += read;
        var expected = section.Bytes.Span;
        if (filled == expected.Length && existing.AsSpan().SequenceEqual(expected))
            return true;
        if (IsForeign(existing.AsSpan(0, filled), expected))
            return false;
        file.Write(expected, section.Offset);
        Changed = true;
        return true;
    }

    public void Flush()
    {
        foreach (var file in _open.Values)
            file.Flush();
    }

    public void Dispose()
    {
        foreach (var file in _open.Values)
            file.Dispose();
    }

    /// <summary>A power cut leaves zeros or a part of what was written; a whole line of other text was written by somebody.</summary>
    private static bool IsForeign(ReadOnlySpan<byte> existing, ReadOnlySpan<byte> expected)
    {
        var same = existing.CommonPrefixLength(expected);
        var rest = existing[same..];
        var end = rest.IndexOf((byte)'\n');
        return end >= 0 && !rest[..end].Contains((byte)0);
    }

    private IStorageFile Open(CommitFile which)
    {
        if (_open.TryGetValue(which, out var file))
            return file;
        var name = which switch
        {
            CommitFile.Events => LogFileName.Events,
            CommitFile.Chain => LogFileName.Chain,
            _ => LogFileName.Bridge,
        };
        var path = DocumentName.Resolve(vault, name);
        return _open[which] = files.Open(path, create: which == CommitFile.Bridge);
    }
}
