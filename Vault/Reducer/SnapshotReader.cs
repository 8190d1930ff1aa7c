using System.Text;

namespace Granary.Vault.Reducer;

/// <summary>Reads a snapshot from front to back; whatever does not fit fails.</summary>
internal ref struct SnapshotReader(ReadOnlySpan<byte> snapshot)
{
    private readonly ReadOnlySpan<byte> _snapshot = snapshot;
    private int _at;

    public readonly bool IsAtEnd => _at == _snapshot.Length;

    public long Number() => Packed.ReadLong(_snapshot, ref _at);

    public ReadOnlySpan<byte> Bytes() => Packed.ReadBytes(_snapshot, ref _at);

    public string Text() => Encoding.UTF8.GetString(Bytes());

    public bool Flag() => _snapshot[_at++] != 0;
}
