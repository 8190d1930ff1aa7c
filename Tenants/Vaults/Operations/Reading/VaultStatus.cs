using Granary.Vault.Canonical;

namespace Granary.Tenants.Vaults.Operations.Reading;

/// <summary>
/// <c>vault_status</c>, also <c>get_vault_status</c>, to <c>{vault, format, created, key_id, public_key, event_count, head, actor_count, actors, event_type_count, event_types,
/// chain_heads}</c>: how many events each actor and each type has, and the last event of each actor. Of more than 1000 actors or types, those with the most events.
/// </summary>
internal sealed class VaultStatus(string name) : VaultOperation(name)
{
    private const int MaxListed = 1000;

    public override async Task<VaultResult> RunAsync(OperationContext context)
    {
        var head = context.Log.Head;
        var types = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var actors = new SortedDictionary<string, (long Count, string? Last)>(StringComparer.Ordinal);
        using var scratch = new PooledBuffer(4096);
        await foreach (var page in EventScan.PagesAsync(context.Log, 0, head.Count, context.Progress, context.Cancellation))
        {
            foreach (var line in page.Lines)
                Take(line.Span, scratch, types, actors);
        }
        var vault = context.Vault.Describe(context.Name);
        var (listedActors, listedTypes) = (Most(actors, seen => seen.Count), Most(types, count => count));
        return Results.Object(json =>
        {
            json.WriteString("vault", context.Name.Value);
            json.WriteString("format", vault.Format);
            json.WriteString("created", vault.Created);
            json.WriteString("key_id", vault.KeyId);
            json.WriteString("public_key", vault.PublicKey);
            json.WriteNumber("event_count", head.Count);
            json.WriteString("head", head.Hash);
            json.WriteNumber("actor_count", actors.Count);
            json.WriteStartObject("actors");
            foreach (var (actor, seen) in listedActors)
                json.WriteNumber(actor, seen.Count);
            json.WriteEndObject();
            json.WriteNumber("event_type_count", types.Count);
            json.WriteStartObject("event_types");
            foreach (var (type, count) in listedTypes)
                json.WriteNumber(type, count);
            json.WriteEndObject();
            json.WriteStartObject("chain_heads");
            foreach (var (actor, seen) in listedActors)
                json.WriteText(actor, seen.Last);
            json.WriteEndObject();
        });
    }

    /// <summary>At most so many as an answer lists, in the order of their names.</summary>
    private static IEnumerable<KeyValuePair<string, T>> Most<T>(SortedDictionary<string, T> all, Func<T, long> count) => all.Count <= MaxListed
        ? all
        : all.OrderByDescending(one => count(one.Value)).Take(MaxListed).OrderBy(one => one.Key, StringComparer.Ordinal).ToList();

    private static void Take(
        ReadOnlySpan<byte> line, PooledBuffer scratch, SortedDictionary<string, long> types, SortedDictionary<string, (long Count, string? Last)> actors)
    {
        if (!EventFields.TryRead(line, scratch, out var view))
            return;
        if (EventFields.Text(view.Type) is { } type)
            types[type] = types.GetValueOrDefault(type) + 1;
        if (EventFields.Text(view.Actor) is { } actor)
            actors[actor] = (actors.GetValueOrDefault(actor).Count + 1, EventFields.Text(view.Id));
    }
}
