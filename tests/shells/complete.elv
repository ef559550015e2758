# elvish -norc complete.elv SCRIPT WORD...: what elvish is offered for the last of the words, of which
# it takes those that begin like it. Only an interactive shell has the module that completes; this
# is as much of it as is asked for.
var edit: = (ns [&completion:=(ns [&arg-completer=[&]]) &complex-candidate~={|text &display=''| put $text }])
eval (slurp < $args[0]) &ns=(ns [&edit:=$edit:])
$edit:completion:arg-completer[$args[1]] (all $args[1..]) | each {|word| echo $word }
