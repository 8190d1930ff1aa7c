using System.Collections.Concurrent;
using Granary.Gateway.Access;
using Granary.Gateway.Protocol.Messages;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Protocol.Calls;

/// <summary>
/// A list that shows each caller what it may use. First pages are kept as bytes, once for each era and each choice of items: there are few choices, for
/// callers with the same rights see the same.
/// </summary>
/// <param name="items">All items, in order.</param>
/// <param name="targetOf">What using an item takes; null for nothing.</param>
/// <param name="authorizer">Who may what.</param>
/// <param name="makeResult">A page as a result.</param>
internal sealed class ListCache<T>(
    IReadOnlyList<T> items, Func<T, CallTarget?> targetOf, Authorizer authorizer, Func<List<T>, string?, CacheScope, Result> makeResult)
{
    private const int MaxChoices = 64;

    private readonly CallTarget?[] _targets = [.. items.Select(targetOf)];
    private readonly ConcurrentDictionary<string, Choice> _choices = new(StringComparer.Ordinal);

    public void Write(CallChannel call, ReplyBuffer reply)
    {
        var choice = Choose(call);
        var cursor = Pages.Cursor(call.Envelope);
        if (cursor is null)
        {
            RpcWriter.Result(reply, call.Envelope.Id.Span, call.IsModern ? choice.Modern : choice.Legacy);
            return;
        }
        RpcWriter.Result(reply, call.Envelope.Id.Span, Page(choice.Items, cursor, call.IsModern));
    }

    private Choice Choose(CallChannel call)
    {
        var shown = string.Create(_targets.Length, (_targets, authorizer, call.Caller), static (bits, of) =>
        {
            for (var i = 0; i < bits.Length; i++)
                bits[i] = of._targets[i] is not { } target || of.authorizer.Allows(of.Caller, target) ? '1' : '0';
        });
        if (_choices.TryGetValue(shown, out var known))
            return known;
        List<T> chosen = [.. items.Where((_, i) => shown[i] == '1')];
        var choice = new Choice(chosen, Page(chosen, null, modern: true), Page(chosen, null, modern: false));
        if (_choices.Count < MaxChoices)
            _choices.TryAdd(shown, choice);
        return choice;
    }

    // An answer that depends on the caller is private (rule C1).
    private byte[] Page(IReadOnlyList<T> of, string? cursor, bool modern)
    {
        var (page, next) = Pages.Take(of, cursor);
        return makeResult(page, next, authorizer.Distinguishes ? CacheScope.Private : CacheScope.Public) switch
        {
            ListToolsResult tools => ResultWriter.Prepare(tools, modern),
            ListPromptsResult prompts => ResultWriter.Prepare(prompts, modern),
            ListResourceTemplatesResult templates => ResultWriter.Prepare(templates, modern),
            var other => throw new InvalidOperationException($"{other.GetType().Name} is not a list that is cached."),
        };
    }

    private sealed record Choice(IReadOnlyList<T> Items, byte[] Modern, byte[] Legacy);
}
