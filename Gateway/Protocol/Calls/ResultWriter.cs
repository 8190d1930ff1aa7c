using Granary.Gateway.Protocol.Messages;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Protocol.Calls;

/// <summary>Writes results of the SDK's types, with what each era asks of every result.</summary>
internal static class ResultWriter
{
    /// <summary>How long a client may keep what is the same for all and changes only with a deployment.</summary>
    public static readonly TimeSpan TimeToLive = TimeSpan.FromMinutes(5);

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
