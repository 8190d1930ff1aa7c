using System.Text.Json;

namespace Granary.Gateway.Schemas;

/// <summary><c>$ref</c>. Its target is set when all schemas are known, so that it may stand above or around its target.</summary>
internal sealed class RefKeyword(string from, string to) : Keyword
{
    private SchemaNode? _target;

    /// <summary>Where the reference stands.</summary>
    public string From { get; } = from;

    /// <summary>What it says.</summary>
    public string To { get; } = to;

    public override IEnumerable<SchemaNode> InPlace => [_target!];

    public static RefKeyword? Read(SchemaSource source) => source.Reference("$ref");

    // With one schema resource, as here, the dynamic scope is that resource: both kinds of reference mean the same.
    public static RefKeyword? ReadDynamic(SchemaSource source) => source.Reference("$dynamicRef");

    public void Resolve(SchemaNode target) => _target = target;

    public override bool Check(in JsonElement value, ref Validation run) => _target!.Check(value, ref run);
}
