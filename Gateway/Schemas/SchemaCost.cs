namespace Granary.Gateway.Schemas;

/// <summary>
/// Bounds what a schema can cost at one place of a value: schemas applied in place multiply (an <c>anyOf</c> of references to
/// schemas with an <c>anyOf</c> …), so they are counted before the first value arrives, and circles among them refused.
/// </summary>
internal static class SchemaCost
{
    private const long MaxCost = 5_000;
    private const int MaxHeight = 48;

    /// <summary>Checks every node.</summary>
    public static void Check(IEnumerable<SchemaNode> nodes)
    {
        var known = new Dictionary<SchemaNode, (long Cost, int Height)?>();
        foreach (var node in nodes)
            Of(node, known);
    }

    private static (long Cost, int Height) Of(SchemaNode node, Dictionary<SchemaNode, (long Cost, int Height)?> known)
    {
        if (known.TryGetValue(node, out var result))
            return result ?? throw new JsonSchemaException(node.Pointer, "it applies itself to the same value again, without end");
        known[node] = null;
        var (cost, height) = (1L, 0);
        foreach (var schema in node.InPlace)
        {
            var (c, h) = Of(schema, known);
            (cost, height) = (cost + c, Math.Max(height, h + 1));
        }
        if (cost > MaxCost)
            throw new JsonSchemaException(node.Pointer, $"it combines more than {MaxCost} schemas for one value");
        if (height > MaxHeight)
            throw new JsonSchemaException(node.Pointer, $"it combines schemas more than {MaxHeight} levels deep for one value");
        known[node] = (cost, height);
        return (cost, height);
    }
}
