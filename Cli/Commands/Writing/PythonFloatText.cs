using System.Globalization;
using System.Text.Json.Nodes;
using Granary.Cli.Hosting;

namespace Granary.Cli.Commands.Writing;

/// <summary>A number as Python writes a float: with a point or an exponent, which is part of what is signed.</summary>
internal static class PythonFloatText
{
    /// <exception cref="UsageException">It is infinite or no number.</exception>
    public static JsonNode ToJson(double number)
    {
        if (!double.IsFinite(number))
            throw new UsageException("A number must be finite.");
        var text = number.ToString("R", CultureInfo.InvariantCulture);
        return JsonNode.Parse(text.AsSpan().ContainsAny('.', 'E') ? text : text + ".0")!;
    }
}
