using Granary.Gateway.Protocol.Messages;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Protocol.Calls;

/// <summary>A list that is the same for every caller: its first page is kept as bytes, once per era.</summary>
internal sealed class ListCache<T>(IReadOnlyList<T> items, Func<List<T>, string?, Result> makeResult)
{
    private readonly byte[] _modern = Prepare(items, makeResult, modern: true);
    private readonly byte[] _legacy = Prepare(items, makeResult, modern: false);

    public void Write(CallChannel call, ReplyBuffer reply)
    {
        var cursor = Pages.Cursor(call.Envelope);
        if (cursor is null)
        {
            RpcWriter.Result(reply, call.Envelope.Id.Span, call.IsModern ? _modern : _legacy);
            return;
        }
        var (page, next) = Pages.Take(items, cursor);
        RpcWriter.Result(reply, call.Envelope.Id.Span, ResultBytes(makeResult(page, next), call.IsModern));
    }

    private static byte[] Prepare(IReadOnlyList<T> items, Func<List<T>, string?, Result> makeResult, bool modern)
    {
        var (page, next) = Pages.Take(items, null);
        return ResultBytes(makeResult(page, next), modern);
    }

    private static byte[] ResultBytes(Result result, bool modern) => result switch
    {
        ListToolsResult tools => ResultWriter.Prepare(tools, modern),
        ListPromptsResult prompts => ResultWriter.Prepare(prompts, modern),
        ListResourceTemplatesResult templates => ResultWriter.Prepare(templates, modern),
        _ => throw new InvalidOperationException($"{result.GetType().Name} is not a list that is cached."),
    };
}
