using System.CommandLine;
using Granary.Cli.Output;

namespace Granary.Cli.Hosting;

/// <summary>One run of a command: what was given, and the world around it.</summary>
internal sealed class Run(CliHost host, ParseResult given, Tracker tracker)
{
    public CliHost Host { get; } = host;

    public TimeProvider Time => Host.Time;

    /// <summary>Shows long work.</summary>
    public Tracker Tracker { get; } = tracker;

    /// <summary>Warnings, each a sentence; they go to standard error.</summary>
    public void Warn(string sentence) => Host.Error.WriteLine($"WARNING: {ShownText.Line(sentence)}");

    /// <summary>Says more about a result, beside it.</summary>
    public void Note(string sentence) => Host.Error.WriteLine(ShownText.Line(sentence));

    public T? Get<T>(Option<T> option) => given.GetValue(option);

    public T? GetOptional<T>(Argument<T> argument) => given.GetValue(argument);

    public T Get<T>(Argument<T> argument) where T : notnull => given.GetRequiredValue(argument);

    public bool Has(Option option) => given.GetResult(option) is { Implicit: false };
}
