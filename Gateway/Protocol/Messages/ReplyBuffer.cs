using System.Buffers;
using System.Text.Json;

namespace Granary.Gateway.Protocol.Messages;

/// <summary>A pooled buffer that holds one whole JSON-RPC message on its way out.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage(
    "Usage", "CA2213", Justification = "Dispose gives the buffer back to its thread; the writer is used again with it.")]
internal sealed class ReplyBuffer : IBufferWriter<byte>, IDisposable
{
    private const int Smallest = 1024;

    private const int KeepAtMost = 64 * 1024;

    /// <summary>JSON goes to JSON clients, never into HTML: no need to escape more than JSON asks for.</summary>
    public static JsonWriterOptions WriterOptions { get; } = new() { Encoder = PlainJsonEncoder.Instance, SkipValidation = true };

    [ThreadStatic]
    private static ReplyBuffer? _spare;

    // Rented at the first write: a call that waits holds none.
    private byte[] _bytes = [];
    private Utf8JsonWriter? _writer;

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, Count);

    public int Count { get; private set; }

    public static ReplyBuffer Rent()
    {
        var buffer = _spare ?? new ReplyBuffer();
        _spare = null;
        return buffer;
    }

    /// <summary>The buffer's JSON writer, fresh; flush it before anything else is written.</summary>
    public Utf8JsonWriter Json()
    {
        if (_writer is null)
            _writer = new Utf8JsonWriter(this, WriterOptions);
        else
            _writer.Reset(this);
        return _writer;
    }

    public void Clear() => Count = 0;

    public void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(GetSpan(bytes.Length));
        Count += bytes.Length;
    }

    public void Advance(int count) => Count += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsMemory(Count);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsSpan(Count);
    }

    /// <summary>Gives the buffer back; its bytes must not be read any more.</summary>
    public void Dispose()
    {
        Count = 0;
        if (_bytes.Length > KeepAtMost)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = [];
        }
        _spare = this;
    }

    private void Reserve(int sizeHint)
    {
        var wanted = Count + Math.Max(sizeHint, 256);
        if (wanted <= _bytes.Length)
            return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(Math.Max(wanted, _bytes.Length * 2), Smallest));
        _bytes.AsSpan(0, Count).CopyTo(larger);
        if (_bytes.Length > 0)
            ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
