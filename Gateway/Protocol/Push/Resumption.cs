using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Unicode;
using Granary.Gateway.Messages;
using Granary.Gateway.Protocol.Channels;
using Granary.Gateway.Protocol.Sessions;

namespace Granary.Gateway.Protocol.Push;

/// <summary>
/// Makes the stream of one call resumable, here and on other gateways. Nothing is made for a call that is answered in plain JSON.
/// </summary>
internal sealed class Resumption(LegacyPeer peer, IMesh mesh, ReadOnlyMemory<byte> requestId, TimeSpan callTimeout)
{
    private const int MaxRequestIdBytes = 64;

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

    public ResumableStream Open()
    {
        var stream = new ResumableStream(CreateId());
        if (mesh.Streams is { } records)
            stream.Keeper = new StreamKeeper(records, peer.Session!, stream, callTimeout + TimeSpan.FromMinutes(1));
        var state = peer.Enter()!;
        state.Add(stream);
        peer.Leave(state);
        return stream;
    }

    /// <summary>The call ended. Whoever took the last event needs the stream no more; who did not gets a minute to come back.</summary>
    public async ValueTask CloseAsync(ResumableStream stream, bool isSilent)
    {
        var isOver = stream.IsDelivered || isSilent;
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
