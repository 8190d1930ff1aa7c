using Granary.Tenants.Vaults.Views;

namespace Granary.Tenants.Vaults.Operations.Reading;

/// <summary>
/// <c>vault_status</c>, also <c>get_vault_status</c>, to <c>{vault, format, created, key_id, public_key, event_count, head, actor_count, actors,
/// event_type_count, event_types, chain_heads}</c>: how many events each actor and each type has, and the last event of each actor. Of more than 1000
/// actors or types, those with the most events. The first call reads the log, later ones what has come since.
/// </summary>
internal sealed class VaultStatus(string name) : VaultOperation(name)
{
    private const int MaxListed = 1000;

    public override Task<VaultResult> RunAsync(VaultOperationContext context) =>
        context.Vault.Events.UseAsync(counts => Describe(context, counts), context.Progress, context.Cancellation);

    private static VaultResult Describe(VaultOperationContext context, EventCounts counts)
    {
        var head = context.Log.Head;
        var vault = context.Vault.Describe(context.Name);
        var (actors, types) = (Most(counts.Actors, events => events.Count), Most(counts.Types, count => count));
        return Results.Object(json =>
        {
            json.WriteString("vault", context.Name.Value);
            json.WriteString("format", vault.Format);
            json.WriteString("created", vault.Created);
            json.WriteString("key_id", vault.KeyId);
            json.WriteString("public_key", vault.PublicKey);
            json.WriteNumber("event_count", head.Count);
            json.WriteString("head", head.Hash);
            json.WriteNumber("actor_count", counts.Actors.Count);
            json.WriteStartObject("actors");
            foreach (var (actor, events) in actors)
                json.WriteNumber(actor, events.Count);
            json.WriteEndObject();
            json.WriteNumber("event_type_count", counts.Types.Count);
            json.WriteStartObject("event_types");
            foreach (var (type, count) in types)
                json.WriteNumber(type, count);
            json.WriteEndObject();
            json.WriteStartObject("chain_heads");
            foreach (var (actor, events) in actors)
                json.WriteText(actor, events.LastId);
            json.WriteEndObject();
        });
    }

    /// <summary>At most so many as an answer lists, in the order of their names.</summary>
    private static IEnumerable<KeyValuePair<string, T>> Most<T>(IReadOnlyDictionary<string, T> all, Func<T, long> count) => all.Count <= MaxListed
        ? all
        : all.OrderByDescending(one => count(one.Value)).Take(MaxListed).OrderBy(one => one.Key, StringComparer.Ordinal).ToList();
}
