using System.Text.Json;

namespace Granary.Gateway.Schemas;

/// <summary>One compiled schema: its keywords in the order in which they are checked.</summary>
internal sealed class SchemaNode(string pointer)
{
    private Keyword[] _keywords = [];
    private bool _asksForEvaluated;

    /// <summary>Its position in the schema, for example <c>#/properties/limit</c>.</summary>
    public string Pointer { get; } = pointer;

    /// <summary>Whether this is the schema <c>false</c>, which nothing satisfies.</summary>
    public bool IsFalse { get; private set; }

    /// <summary>The schemas that are applied to the same value as this one.</summary>
    public IEnumerable<SchemaNode> InPlace => _keywords.SelectMany(k => k.InPlace);

    /// <summary>Makes this the schema <c>false</c>.</summary>
    public void Refuse() => IsFalse = true;

    /// <summary>Gives the node its keywords: a node exists before them, so that schemas may be recursive.</summary>
    public void Fill(Keyword[] keywords)
    {
        _keywords = keywords;
        _asksForEvaluated = keywords.Any(k => k is UnevaluatedKeyword);
    }

    /// <summary>Whether the value satisfies every keyword; says why not where the walk reports.</summary>
    public bool Check(in JsonElement value, ref Validation run)
    {
        if (IsFalse)
        {
            run.Report?.Add("is not allowed here; leave it out");
            return false;
        }
        if (!run.Enter())
            return false;
        var valid = _asksForEvaluated ? CheckRemembering(value, ref run) : CheckAll(value, ref run);
        run.Leave();
        return valid;
    }

    private bool CheckRemembering(in JsonElement value, ref Validation run)
    {
        var outer = run.Seen;
        var own = new Evaluated();
        run.Seen = own;
        var valid = CheckAll(value, ref run);
        if (valid)
            outer?.Add(own);
        run.Seen = outer;
        return valid;
    }

    private bool CheckAll(in JsonElement value, ref Validation run)
    {
        var valid = true;
        foreach (var keyword in _keywords)
        {
            if (keyword.Check(value, ref run))
                continue;
            valid = false;
            if (run.Report is null || keyword.SaysAll)
                break;
        }
        return valid;
    }
}
