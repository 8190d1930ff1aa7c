namespace Granary.Gateway.Protocol.Messages;

internal enum MessageKind
{
    Request,
    Notification,
    Response,
}

/// <summary>A stretch of the body's bytes; empty when the member is absent.</summary>
internal readonly record struct Slice(int Start, int Length)
{
    public bool IsPresent => Length > 0;

    public ReadOnlyMemory<byte> Of(ReadOnlyMemory<byte> body) => body.Slice(Start, Length);
}
