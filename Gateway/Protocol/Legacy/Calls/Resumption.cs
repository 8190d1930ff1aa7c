using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Unicode;
using Granary.Gateway.Protocol.Http;
using Granary.Gateway.Protocol.Legacy.Sessions;
using Granary.Gateway.Protocol.Messages;

namespace Granary.Gateway.Protocol.Legacy.Calls;

/// <summary>
/// Makes the stream of one call resumable, here and on other gateways. Nothing is made for a call that is answered in plain JSON.
/// </summary>
internal sealed class Resumption(LegacyPeer peer, IMesh mesh, ReadOnlyMemory<byte> requestId, TimeSpan callTimeout) : IResumption
{
    private const int MaxRequestIdBytes = 64;

    private ResumableStream? _stream;

    /// <summary>For sessions of the one revision that has resumable streams; null for others.</summary>
    public static Resumption? For(LegacyPeer peer, IMesh mesh, ReadOnlyMemory<byte> requestId, TimeSpan callTimeout) =>
        peer.Session is not null && Revisions.HasPolling(peer.Revision) ? new Resumption(peer, mesh, requestId, callTimeout) : null;

    /// <summary>The request a stream answers, where its id tells: the raw JSON of its id.</summary>
    public static byte[]? RequestOf(string stream)
    {
        var parts = stream.Split('.');
        if (parts.Length != 3 || parts[2].Length > MaxRequestIdBytes * 2 || !Base64Url.IsValid(parts[2]))
            return null;
        var id = Base64Url.DecodeFromChars(parts[2]);
        // The client may have made it up; what goes back to it is JSON all the same.
        try
        {
            var reader = new Utf8JsonReader(id);
            return reader.Read() && reader.TokenType is JsonTokenType.String or JsonTokenType.Number && Utf8.IsValid(id) && !reader.Read() ? id : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public async ValueTask OpenAsync(SseWriter writer)
    {
        var stream = new ResumableStream(CreateId());
        if (mesh.Streams is { } records)
            stream.Keeper = new StreamKeeper(records, peer.Session!, stream, callTimeout + TimeSpan.FromMinutes(1));
        var state = peer.Enter()!;
        state.Add(stream);
        peer.Leave(state);
        _stream = stream;
        await stream.AttachAsync(writer, after: 0, prime: true);
    }

    public ValueTask SendAsync(byte[] message) => _stream!.SendAsync(message);

    public ValueTask DetachAsync(TimeSpan retryAfter) => _stream!.DetachAsync(retryAfter);

    /// <summary>The call ended. A client that took the last event needs the stream no more; one that did not gets a minute to come back.</summary>
    public async ValueTask FinishAsync(byte[]? response)
    {
        var stream = _stream!;
        if (response is null)
            stream.Abandon();
        else
            await stream.SendAsync(response, last: true);
        var isOver = stream.IsDelivered || response is null;
        if (stream.Keeper is { } keeper)
            await keeper.CloseAsync(isOver);
        if (isOver)
            Forget(stream);
        else
            _ = ForgetLaterAsync(stream);
    }

    private async Task ForgetLaterAsync(ResumableStream stream)
    {
        await Task.Delay(TimeSpan.FromMinutes(1), CancellationToken.None);
        Forget(stream);
    }

    private void Forget(ResumableStream stream)
    {
        if (peer.FindState() is not { } state)
            return;
        state.Remove(stream);
        peer.Sweep(state);
    }

    private string CreateId()
    {
        var id = GatewayMark.Put(mesh.Self, Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(12)));
        // With the request in it, any gateway can answer for one that is gone.
        return mesh.Self.Length > 0 && requestId.Length <= MaxRequestIdBytes ? $"{id}.{Base64Url.EncodeToString(requestId.Span)}" : id;
    }
}
