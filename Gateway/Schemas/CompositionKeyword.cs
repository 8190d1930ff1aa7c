using System.Text.Json;

namespace Granary.Gateway.Schemas;

/// <summary><c>allOf</c>.</summary>
internal sealed class AllOfKeyword(SchemaNode[] schemas) : Keyword
{
    public override IEnumerable<SchemaNode> InPlace => schemas;

    public static AllOfKeyword? Read(SchemaSource source) => source.Schemas("allOf") is { } schemas ? new AllOfKeyword(schemas) : null;

    public override bool Check(in JsonElement value, ref Validation run)
    {
        var valid = true;
        foreach (var schema in schemas)
        {
            valid &= schema.Check(value, ref run);
            if (!valid && run.Report is null)
                return false;
        }
        return valid;
    }
}

/// <summary><c>anyOf</c>, and <c>oneOf</c>, which also refuses a second match.</summary>
internal sealed class AnyOfKeyword(SchemaNode[] schemas, bool exactlyOne, SchemaNode? orNull) : Keyword
{
    public override IEnumerable<SchemaNode> InPlace => schemas;

    public static AnyOfKeyword? Read(SchemaSource source) =>
        source.Schemas("anyOf") is { } schemas ? new AnyOfKeyword(schemas, false, OrNull(source, "anyOf", schemas)) : null;

    public static AnyOfKeyword? ReadOneOf(SchemaSource source) =>
        source.Schemas("oneOf") is { } schemas ? new AnyOfKeyword(schemas, true, OrNull(source, "oneOf", schemas)) : null;

    public override bool Check(in JsonElement value, ref Validation run)
    {
        var matches = 0;
        foreach (var schema in schemas)
        {
            if (!run.Test(schema, value))
                continue;
            matches++;
            // Where someone will ask what was evaluated, every branch of anyOf that holds has its say.
            if (exactlyOne ? matches > 1 : run.Seen is null)
                break;
        }
        if (matches == 1 || (matches > 1 && !exactlyOne))
            return true;
        if (run.Report is not null)
            Explain(matches, value, ref run);
        return false;
    }

    /// <summary>The schema of a value that may also be null, so that what is wrong with it can be said without mention of alternatives.</summary>
    private static SchemaNode? OrNull(SchemaSource source, string keyword, SchemaNode[] schemas)
    {
        if (schemas.Length != 2 || !source.Has(keyword, out var list))
            return null;
        var isNull = Array.FindIndex([.. list.EnumerateArray()], IsNull);
        return isNull < 0 ? null : schemas[1 - isNull];
    }

    private static bool IsNull(JsonElement schema) =>
        schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String && type.ValueEquals("null"u8);

    private void Explain(int matches, in JsonElement value, ref Validation run)
    {
        if (matches > 1)
        {
            run.Report!.Add($"must match exactly one of {schemas.Length} alternatives, matches several; make clear which one is meant");
            return;
        }
        if (orNull is not null)
        {
            orNull.Check(value, ref run);
            return;
        }
        ProblemReport? nearest = null;
        foreach (var schema in schemas)
        {
            var report = run.Report!.Fork();
            run.Branch(schema, value, report);
            if (report.Problems.Count > 0 && (nearest is null || report.Problems.Count < nearest.Problems.Count))
                nearest = report;
        }
        var why = nearest is null ? "" : $"; the nearest fails because {string.Join("; ", nearest.Problems.Take(3))}";
        run.Report!.Add($"must match {(exactlyOne ? "exactly" : "at least")} one of {schemas.Length} alternatives, matches none{why}");
    }
}

/// <summary><c>not</c>.</summary>
internal sealed class NotKeyword(SchemaNode schema) : Keyword
{
    public override IEnumerable<SchemaNode> InPlace => [schema];

    public static NotKeyword? Read(SchemaSource source) => source.Schema("not") is { } schema ? new NotKeyword(schema) : null;

    public override bool Check(in JsonElement value, ref Validation run)
    {
        // What it evaluates never counts: when it holds, this keyword fails.
        var seen = run.Seen;
        run.Seen = null;
        var matches = run.Test(schema, value);
        run.Seen = seen;
        return !matches || Fail(ref run, $"must not match the schema at {schema.Pointer}");
    }
}

/// <summary><c>if</c> with <c>then</c> and <c>else</c>.</summary>
internal sealed class IfKeyword(SchemaNode condition, SchemaNode? then, SchemaNode? otherwise) : Keyword
{
    public override IEnumerable<SchemaNode> InPlace => new[] { condition, then, otherwise }.OfType<SchemaNode>();

    public static IfKeyword? Read(SchemaSource source)
    {
        var (then, otherwise) = (source.Schema("then"), source.Schema("else"));
        return source.Schema("if") is { } condition ? new IfKeyword(condition, then, otherwise) : null;
    }

    public override bool Check(in JsonElement value, ref Validation run)
    {
        var branch = run.Test(condition, value) ? then : otherwise;
        return branch is null || branch.Check(value, ref run);
    }
}
