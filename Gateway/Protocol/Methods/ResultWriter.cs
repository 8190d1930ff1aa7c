using Granary.Gateway.Messages;
using Granary.Gateway.Protocol.Channels;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Protocol.Methods;

/// <summary>Writes results of the SDK's types, with what each era asks of every result.</summary>
internal static class ResultWriter
{
    public static void Write<T>(ReplyBuffer reply, CallChannel call, T result)
        where T : Result
    {
        RpcWriter.BeginResult(reply, call.Envelope.Id.Span);
        Dress(result, call.IsModern);
        var json = reply.Json();
        Wire.Write(json, result);
        json.Flush();
        RpcWriter.EndResult(reply);
    }

    /// <summary>The bytes of a result that is the same for every call of an era.</summary>
    public static byte[] Prepare<T>(T result, bool modern)
        where T : Result
    {
        Dress(result, modern);
        return Wire.Bytes(result);
    }

    private static void Dress(Result result, bool modern)
    {
        if (modern)
        {
            result.ResultType ??= result is InputRequiredResult ? "input_required" : "complete";
            result.Meta ??= [];
            foreach (var member in ServerIdentity.Meta())
                result.Meta[member.Key] = member.Value?.DeepClone();
        }
        else
        {
            result.ResultType = null;
        }
        if (result is ICacheableResult cacheable && !modern)
        {
            cacheable.TimeToLive = null;
            cacheable.CacheScope = null;
        }
    }
}
