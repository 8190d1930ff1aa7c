using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace Granary.Cli.Hosting;

/// <summary>Options that take a number, and say so in words where they get something else.</summary>
internal static class NumberOption
{
    /// <summary>One that may be left out.</summary>
    public static Option<T?> Optional<T>(string name, string description, string help, int? atLeast = null) where T : struct, INumber<T> =>
        new(name) { Description = description, HelpName = help, CustomParser = result => Parse<T>(result, name, atLeast) };

    /// <summary>One that must be given.</summary>
    public static Option<T> Required<T>(string name, string description, string help) where T : struct, INumber<T> =>
        new(name) { Description = description, HelpName = help, Required = true, CustomParser = result => Parse<T>(result, name, null) };

    /// <summary>One with a default.</summary>
    public static Option<T> Or<T>(string name, string description, T otherwise, string help, int? atLeast = null) where T : struct, INumber<T> =>
        new(name)
        {
            Description = description,
            HelpName = help,
            DefaultValueFactory = _ => otherwise,
            CustomParser = result => Parse<T>(result, name, atLeast),
        };

    private static T Parse<T>(ArgumentResult result, string name, int? atLeast) where T : struct, INumber<T>
    {
        var text = result.Tokens.Count > 0 ? result.Tokens[^1].Value : "";
        var isWhole = typeof(T) == typeof(int) || typeof(T) == typeof(long);
        var isNumber = T.TryParse(text, isWhole ? NumberStyles.AllowLeadingSign : NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && T.IsFinite(number);
        if (!isNumber)
            result.AddError($"{name} takes a {(isWhole ? "whole number" : "number")}; it is '{text}'.");
        else if (atLeast is { } least && number < T.CreateChecked(least))
            result.AddError($"{name} must be at least {least}; it is {text}.");
        return number;
    }
}
