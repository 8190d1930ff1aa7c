using System.Text.Json;

namespace Granary.Gateway.Schemas;

/// <summary>One keyword of a schema, or a few that are checked together.</summary>
internal abstract class Keyword
{
    /// <summary>Whether a failure makes the node's other problems noise: a wrong type, or not one of the listed values.</summary>
    public virtual bool SaysAll => false;

    /// <summary>The schemas this keyword applies to the same value; those for properties and items are not among them.</summary>
    public virtual IEnumerable<SchemaNode> InPlace => [];

    /// <summary>Whether the value satisfies the keyword; values of a kind the keyword does not concern always do.</summary>
    public abstract bool Check(in JsonElement value, ref Validation run);

    /// <summary>Reports a problem where the walk reports, and is false either way.</summary>
    protected static bool Fail(ref Validation run, string problem)
    {
        run.Report?.Add(problem);
        return false;
    }
}
