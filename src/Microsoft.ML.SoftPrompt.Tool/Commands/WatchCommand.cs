using System.CommandLine;
using System.Globalization;
using Microsoft.ML.SoftPrompt.Tool.Data;
using Microsoft.ML.SoftPrompt.Tool.Models;
using Microsoft.ML.SoftPrompt.Tool.Output;

namespace Microsoft.ML.SoftPrompt.Tool.Commands;

/// <summary>`softprompt watch`: readings as they are written, alarms as they come.</summary>
internal sealed class WatchCommand
{
    /// <summary>Where in a file the watching starts.</summary>
    private enum Start
    {
        /// <summary>With what is written from now on.</summary>
        End,

        /// <summary>With the first line.</summary>
        Beginning,
    }

    private readonly ToolConsole _console;
    private readonly CancellationToken _cancellation;
    private readonly Argument<string> _file = new("file") { Description = "A CSV file that is being written, or - for CSV from standard input." };
    private readonly Option<string> _model = CommonOptions.Model("The model that softprompt train saved.");
    private readonly Option<string?> _value = Text("--value", "column", "The column of values; the model's own, or guessed by its name, when not given.");
    private readonly Option<string?> _time = Text("--time", "column", "The column of times; the model's own, or guessed by its name, when not given.");
    private readonly Option<string?> _group = Text("--group", "column", "The column that tells series apart; the model's own, or guessed by its name, when not given.");
    private readonly Option<string?> _columns = Text("--columns", "a,b,c", "The columns' names of an input without a header line, such as tail -f gives.");
    private readonly Option<Start?> _from = CommonOptions.Choice<Start>("--from", "Where in a file to start. [default: end]");
    private readonly Option<bool> _json = new("--json") { Description = "Write a line of JSON instead of a readable one." };
    private readonly Option<bool> _all = new("--all") { Description = "Write every score, and not only where an alarm starts or ends." };
    private readonly Option<string?> _state = Text("--state", "file", "Where the last readings of the series and the open alarms are kept over restarts: read at the start where it is there, saved twice a minute and at the end.");
    private readonly Option<int?> _window = CommonOptions.Window();
    private readonly Option<int> _stride = CommonOptions.Whole("--stride", 1, "After how many readings of a series its window is scored again.");
    private readonly Option<int> _maxSeries = CommonOptions.Whole("--max-series", 100_000, "How many series are followed; a further one takes the place of the one idle longest.");
    private readonly Option<LateReadings?> _late = CommonOptions.Choice<LateReadings>("--late", "What becomes of a reading whose time lies before the latest of its series. [default: drop]");
    private readonly Option<RepeatedTimes?> _repeated = CommonOptions.Choice<RepeatedTimes>("--repeated", "What becomes of a reading whose time its series already has. [default: keep-first]");
    private readonly Option<ReadingGaps?> _gaps = CommonOptions.Choice<ReadingGaps>("--gaps", "What is done where readings are missing; needs --interval. [default: ignore]");
    private readonly Option<TimeSpan?> _interval = new("--interval") { Description = "The time from one reading of a series to the next.", HelpName = "hh:mm:ss", CustomParser = ParseInterval };
    private readonly Option<BadLines?> _badLines = CommonOptions.Choice<BadLines>("--bad-lines", "What becomes of lines that are no readings: told and passed over, or the end. [default: skip]");
    private readonly Option<int?> _threads = CommonOptions.Threads();

    private WatchCommand(Command command, ToolConsole console, CancellationToken cancellation)
    {
        (_console, _cancellation) = (console, cancellation);
        command.Add(_file);
        foreach (Option option in new Option[]
            { _model, _value, _time, _group, _columns, _from, _json, _all, _state, _window, _stride, _maxSeries, _late, _repeated, _gaps, _interval, _badLines, _threads })
            command.Add(option);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_gaps) is not (null or ReadingGaps.Ignore) && result.GetResult(_interval) is null)
                result.AddError("--gaps needs --interval, the time from one reading of a series to the next, such as 00:05:00.");
        });
        command.SetAction(Run);
    }

    public static Command Create(ToolConsole console, CancellationToken cancellation)
    {
        var command = new ExampleCommand(
            "watch",
            "Follows readings as they are written and says when a series' alarm starts and ends. Ends with 0 when standard input ends or nobody reads the output, with 1 when it fails or is interrupted.",
            "softprompt watch samples/water-flow.csv --model water.zip --from beginning");
        _ = new WatchCommand(command, console, cancellation);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        MLContext ml = Context.Create(_console, parsed.GetValue(_threads), looksAgain: true);
        AppliedModel model = ModelFile.Load(ml, parsed.GetRequiredValue(_model), parsed.GetValue(_window), parsed.GetValue(_stride));
        string? statePath = parsed.GetValue(_state);
        StreamingDetector detector = CreateDetector(parsed, ml, model, statePath, out string[] openAlarms);
        var file = new InputFile(parsed.GetRequiredValue(_file) is var path and not InputFile.StandardInput ? path : null);
        var source = new SeriesSource([], new NamedColumns(parsed.GetValue(_value), parsed.GetValue(_time), Group: parsed.GetValue(_group)), LabelsWanted: false, Usual: model.Notes?.Columns);
        string[]? names = parsed.GetValue(_columns)?.Split(',', StringSplitOptions.TrimEntries);
        var readings = new LiveReadings(file, source, names, _console);
        using LiveSource input = Open(file);
        var lines = new LiveLines(input, file.DisplayName, _console);
        if (file.Path is not null && parsed.GetValue(_from) is null or Start.End)
            SkipWritten(lines, readings, names);
        var alarms = new AlarmWriter(_console.OpenLiveOutput(), parsed.GetValue(_json), parsed.GetValue(_all), openAlarms);
        new Watcher(detector, lines, readings, alarms, parsed.GetValue(_badLines) ?? BadLines.Skip, statePath, _console).Run(_cancellation);
        return Application.Done;
    }

    private StreamingDetector CreateDetector(ParseResult parsed, MLContext ml, AppliedModel model, string? statePath, out string[] openAlarms)
    {
        openAlarms = [];
        var options = new StreamingDetectorOptions
        {
            WindowSize = model.Settings.Window,
            Stride = parsed.GetValue(_stride),
            MaxSeries = parsed.GetValue(_maxSeries),
            LateReadings = parsed.GetValue(_late) ?? LateReadings.Drop,
            RepeatedTimes = parsed.GetValue(_repeated) ?? RepeatedTimes.KeepFirst,
            Gaps = parsed.GetValue(_gaps) ?? ReadingGaps.Ignore,
            Interval = parsed.GetValue(_interval),
        };
        if (statePath is null)
            return ml.AnomalyDetection.CreateStreamingDetector(model.Chain, model.Schema, options);
        // Before any work: that it can be written at the end.
        using (new AtomicFile(statePath))
        {
        }
        using FileStream? state = File.Exists(statePath) ? File.OpenRead(statePath) : null;
        try
        {
            StreamingDetector detector = ml.AnomalyDetection.CreateStreamingDetector(model.Chain, model.Schema, options, state);
            if (state is null)
                return detector;
            openAlarms = WatchState.ReadOpenAlarms(state);
            string alarms = openAlarms.Length > 0 ? $", {Numbers.Count(openAlarms.Length, "open alarm", "open alarms")}" : "";
            _console.Error.WriteLine($"restored {Numbers.Count(detector.SeriesCount, "series", "series")}{alarms} from {statePath}");
            return detector;
        }
        catch (InvalidDataException fault)
        {
            throw new ToolException($"The state '{statePath}' (--state) cannot be taken. {fault.Message}", fault);
        }
    }

    private LiveSource Open(InputFile file)
    {
        try
        {
            return file.Path is { } path ? new FollowedFile(path, _console) : new LiveStream(_console.OpenInput());
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new ToolException($"{file.DisplayName} cannot be read: {fault.Message}", fault);
        }
    }

    private void SkipWritten(LiveLines lines, LiveReadings readings, string[]? names)
    {
        LiveLine? first = lines.SkipWritten(_cancellation);
        if (first is { Text: { } header } && names is null)
            readings.SetColumns(first.Value.Number, header);
    }

    private static TimeSpan? ParseInterval(System.CommandLine.Parsing.ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        // Without a colon it would be days.
        if (text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out TimeSpan interval) && interval > TimeSpan.Zero)
            return interval;
        result.AddError($"--interval is '{text}'; a time above 0 such as 00:05:00 (hours:minutes:seconds) was expected.");
        return null;
    }

    private static Option<string?> Text(string name, string helpName, string description) => new(name) { Description = description, HelpName = helpName };
}
